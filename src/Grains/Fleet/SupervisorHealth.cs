using System.Globalization;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>How a partition's supervisor does, for <c>/health</c> and <c>doctor</c>.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Level">
/// An error when nobody judges the partition's agents. A hold is a warning: silence is not judged for a while, on purpose.
/// </param>
/// <param name="Message">What was seen.</param>
public sealed record SupervisorHealth(int Partition, DoctorLevel Level, string Message)
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The age from which a supervisor's last round is late: it sleeps <see cref="HealingOptions.MaxSleep"/> between two at most,
    /// and a round and the ways to it are given 5 s.
    /// </summary>
    public static TimeSpan LateAfter(HealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.MaxSleep + Slack;
    }

    /// <summary>Every partition's, in their order, also of those that no pulse is there of.</summary>
    public static IReadOnlyList<SupervisorHealth> Of(IEnumerable<SupervisorPulse> pulses, HealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var byPartition = pulses.ToDictionary(p => p.Partition);
        return [.. Enumerable.Range(0, options.Partitions).Select(p => Of(p, byPartition.GetValueOrDefault(p), LateAfter(options)))];
    }

    private static SupervisorHealth Of(int partition, SupervisorPulse? pulse, TimeSpan lateAfter) => pulse switch
    {
        null => new(partition, DoctorLevel.Error, "no supervisor has answered"),
        { LastRoundAgeSeconds: { } age, Hold: null, Panic: { } panic } when age <= lateAfter.TotalSeconds =>
            new(partition, DoctorLevel.Warning, $"on {pulse.Silo}, restarts slowly: {panic}"),
        { LastRoundAgeSeconds: { } age } when age <= lateAfter.TotalSeconds => pulse.Hold is null
            ? new(partition, DoctorLevel.Ok, string.Create(CultureInfo.InvariantCulture, $"on {pulse.Silo}, last round {age:0.0} s ago"))
            : new(partition, DoctorLevel.Warning, $"on {pulse.Silo}, holds back judging silence: {pulse.Hold}"),
        { LastRoundAgeSeconds: null } => new(partition, DoctorLevel.Error, $"on {pulse.Silo}, no round yet{Why(pulse)}"),
        { LastRoundAgeSeconds: { } age } => new(
            partition,
            DoctorLevel.Error,
            string.Create(CultureInfo.InvariantCulture, $"on {pulse.Silo}, no round for {age:0} s; late after {lateAfter.TotalSeconds:0.#} s{Why(pulse)}")),
    };

    private static string Why(SupervisorPulse pulse) => pulse.Hold is null ? "" : $" ({pulse.Hold})";
}
