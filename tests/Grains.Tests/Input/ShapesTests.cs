using System.Text.Json;
using OrleansHealing.Input;
using OrleansHealing.Serialization;

namespace OrleansHealing.Tests.Input;

public sealed class ShapesTests
{
    /// <summary>The shapes repeat the records' members; this is what keeps the two in step.</summary>
    [Fact]
    public void Shapes_OfBodies_KnowTheMembersOfTheirRecords()
    {
        (Shape Shape, System.Text.Json.Serialization.Metadata.JsonTypeInfo Type)[] pairs =
        [
            (Shapes.Definition, HealingJson.Default.AgentDefinition),
            (Shapes.Policy, HealingJson.Default.PolicySettings),
            (Shapes.Backoff, HealingJson.Default.BackoffSettings),
        ];
        foreach (var (shape, type) in pairs)
        {
            var faults = new FaultList();
            using var odd = JsonDocument.Parse("""{"?":1}""");
            shape.Check(odd.RootElement, "body", faults);

            Assert.Equal(
                $"is unknown (known: {string.Join(", ", type.Properties.Select(p => p.Name))})",
                Assert.Single(faults.Items, f => f.Property == "['?']").Rule);
        }
    }
}
