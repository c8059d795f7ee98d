namespace OrleansHealing.Silo.Healing;

internal sealed partial class RedisServer
{
    /// <summary>Starts one, or skips the test where there is no redis-server.</summary>
    public static Task<RedisServer> StartAsync(params string[] options)
    {
        Assert.SkipWhen(Program is null, "redis-server is not installed: apt-get install redis-server");
        return LaunchAsync(Program!, options);
    }
}
