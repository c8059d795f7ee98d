using System.Text.Json.Serialization;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// Agents that belong together: when one of them fails, others are stopped and started again with it, in order. All members of
/// a group say the same of it but for their order. Groups need a fleet of one partition. A group of one agent is a limit of its
/// failures over a period, however long it is healthy between them.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.AgentGroup")]
public sealed record AgentGroup
{
    /// <summary>The restarts in a period that are allowed unless a group says otherwise.</summary>
    public const int DefaultMaxRestarts = 5;

    /// <summary>The period unless a group says otherwise, seconds.</summary>
    public const double DefaultPeriodSeconds = 60;

    private const int MaxOrder = 1_000_000;
    private const int MostRestarts = 100;
    private const double MaxPeriodSeconds = 86_400;

    /// <summary>The name of the group; the rules of an agent's id hold.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Who is started again with the one that failed.</summary>
    [Id(1)]
    public required GroupRestart Restart { get; init; }

    /// <summary>Members are started in this order, and by their ids where it is the same; 0 unless it is said.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Order { get; init; }

    /// <summary>Restarts of the group within the period; one more quarantines the group. 5 unless it is said.</summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxRestarts { get; init; }

    /// <summary>The period, seconds; 60 unless it is said.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PeriodSeconds { get; init; }

    /// <summary>Every fault, each naming the property by its JSON path and the rule.</summary>
    public IEnumerable<Fault> Check()
    {
        if (!AgentId.TryParse(Name, out _))
        {
            yield return new Fault("group.name", AgentId.Rule);
        }

        if (!Enum.IsDefined(Restart))
        {
            yield return new Fault("group.restart", "must be one-for-all or rest-for-one");
        }

        if (Order is < 0 or > MaxOrder)
        {
            yield return new Fault("group.order", $"must be 0 to {MaxOrder} (it is {Order})");
        }

        if (MaxRestarts is < 1 or > MostRestarts)
        {
            yield return new Fault("group.maxRestarts", $"must be 1 to {MostRestarts} (it is {MaxRestarts})");
        }

        if (PeriodSeconds is { } period && !(period is >= 1 and <= MaxPeriodSeconds))
        {
            yield return new Fault("group.periodSeconds", $"must be 1 to {MaxPeriodSeconds} seconds (it is {period})");
        }
    }
}
