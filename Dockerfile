ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK_IMAGE} AS build
WORKDIR /source
COPY .editorconfig Directory.Build.props Directory.Packages.props global.json ./
COPY LICENSE *.md ./
COPY docs docs
COPY src src
RUN dotnet publish src/Silo --configuration Release --output /app

FROM ${RUNTIME_IMAGE}
WORKDIR /app
COPY --from=build /app .
# The unprivileged user of the .NET images (APP_UID), by number, so that other bases do as well.
USER 1654
EXPOSE 8080 11111 30000
# The base image has no HTTP client; bash can ask the readiness endpoint by itself.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["dotnet", "OrleansHealing.Silo.dll"]
