using Microsoft.Extensions.Configuration;
using OrleansHealing.Client.Connection;
using StackExchange.Redis;

namespace OrleansHealing.Client.Tests.Connection;

/// <summary>A store that refuses is not one that is away, and neither message holds the password.</summary>
public sealed class PasswordTests
{
    private static readonly StoreAddress Store =
        StoreAddress.Resolve(new ConnectionSettings { Redis = "box:6379,password=secret" }, new ConfigurationBuilder().Build());

    [Theory]
    [InlineData(ConnectionFailureType.AuthenticationFailure, "It was not possible to connect.", "refuses the password (or wants one): give it as ',password=…'.")]
    [InlineData(ConnectionFailureType.ProtocolFailure, "NOAUTH Authentication required.", "refuses the password (or wants one)")]
    [InlineData(ConnectionFailureType.UnableToConnect, "It was not possible to connect.", "does not answer: is it running, and is the address right?")]
    public void StoreDown_ByWhatWasSeen_SaysWhichItIs(ConnectionFailureType type, string message, string expected)
    {
        var failure = Unreachable.StoreDown(Store, new RedisConnectionException(ConnectionFailureType.UnableToConnect, "It was not possible.", new RedisConnectionException(type, $"{type}: {message}")));

        Assert.Equal(4, failure.ExitCode);
        Assert.StartsWith($"Redis at box:6379 {expected}", failure.Message);
        Assert.DoesNotContain("secret", failure.Message);
    }
}
