namespace OrleansHealing.Silo.Launching;

/// <summary>The line by which a silo says that it is up, to people and to its launcher.</summary>
internal static class UpLine
{
    public static string Of(string name, string url, bool hasOrleansDashboard) =>
        $"{Start(name)}Dashboard: {url}  {(hasOrleansDashboard ? $"Orleans: {url}/orleans  " : "")}API: {url}/api/v1/overview";

    public static bool Is(string line, string name) => line.StartsWith(Start(name), StringComparison.Ordinal);

    private static string Start(string name) => $"{name} is up. ";
}
