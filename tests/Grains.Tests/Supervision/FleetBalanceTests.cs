using CsCheck;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class FleetBalanceTests
{
    [Theory]
    [InlineData(new long[] { 8, 7, 0 }, 5, "0", 3)]
    [InlineData(new long[] { 0, 100, 0 }, 5, "1", 5)]
    [InlineData(new long[] { 3, 3, 0 }, 5, "0", 1)]
    public void Plan_Uneven_MovesFromTheFullestAtMostWhatItHasTooMany(long[] agents, int most, string host, int count) =>
        Assert.Equal((host, count), FleetBalance.Plan(Hosts(agents), most));

    [Theory]
    [InlineData(new long[] { 6, 5, 4 }, 5)]
    [InlineData(new long[] { 1100, 1000, 900 }, 5)]
    [InlineData(new long[] { 2, 0 }, 5)]
    [InlineData(new long[] { 100 }, 5)]
    [InlineData(new long[] { 100, 0 }, 0)]
    [InlineData(new long[] { }, 5)]
    public void Plan_EvenEnoughOrNothingToMoveTo_MovesNobody(long[] agents, int most) => Assert.Null(FleetBalance.Plan(Hosts(agents), most));

    [Fact]
    public void Plan_CarriedOutAgainAndAgain_EndsEvenAndNeverMovesBack() =>
        Gen.Long[0, 1000].Array[2, 8].Sample(agents =>
        {
            var hosts = Hosts(agents);
            var moves = 0L;
            while (FleetBalance.Plan(hosts, 7) is { } move)
            {
                for (var i = 0; i < move.Count; i++, moves++)
                {
                    hosts[move.Host]--;
                    hosts[hosts.MinBy(h => h.Value).Key]++;
                }

                Assert.True(moves <= agents.Sum(), "more moves than agents");
            }

            var mean = agents.Average();
            Assert.True(hosts.Values.Max() - hosts.Values.Min() <= Math.Max(2, 0.2 * mean) + 1, string.Join(' ', hosts.Values));
            Assert.Equal(agents.Sum(), hosts.Values.Sum());
        });

    private static Dictionary<string, long> Hosts(long[] agents) =>
        agents.Select((count, i) => (Host: $"{i}", count)).ToDictionary(h => h.Host, h => h.count);
}
