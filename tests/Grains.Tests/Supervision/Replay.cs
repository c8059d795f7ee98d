using System.Text.Json;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>Decides again what was decided, from its record's text alone.</summary>
internal static class Replay
{
    public static Decision? OfRecord(DecisionInputs inputs, IReadOnlyList<SupervisorAction> actions, DecisionTrace? trace = null) =>
        Read(Write(inputs, actions)).ToInputs().Decide(trace);

    public static string Write(DecisionInputs inputs, IReadOnlyList<SupervisorAction> actions) =>
        JsonSerializer.Serialize(DecisionEvidence.Of(inputs, actions), EvidenceJson.Default.DecisionEvidence);

    public static DecisionEvidence Read(string text) => JsonSerializer.Deserialize(text, EvidenceJson.Default.DecisionEvidence)!;

    public static string Text<T>(T? value) => JsonSerializer.Serialize(value);
}
