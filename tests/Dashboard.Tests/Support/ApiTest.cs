namespace OrleansHealing.Dashboard.Support;

/// <summary>A test with an API of its own.</summary>
public abstract class ApiTest : IAsyncLifetime
{
    private ApiHost? _host;

    protected ApiHost Api => _host ?? throw new InvalidOperationException("The test has not begun.");

    protected FakeFleet Fleet => Api.Fleet;

    public async ValueTask InitializeAsync() => _host = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Api.DisposeAsync();
    }

    protected virtual Task<ApiHost> StartAsync() => ApiHost.StartAsync();
}
