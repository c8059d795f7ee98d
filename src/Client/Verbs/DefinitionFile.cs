using System.Text;
using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Input;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>
/// Definitions in a JSON file: one, or an array of them, read by the rules of the HTTP API. Every one is read before any is
/// spawned. Unlike a body, a file may have comments and trailing commas, since people keep it.
/// </summary>
internal static class DefinitionFile
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = JsonInput.MaxDepth + 1,
    };

    /// <exception cref="VerbFailure">The file cannot be read, or something in it is no definition; every fault is named (2).</exception>
    public static async Task<IReadOnlyList<AgentDefinition>> ReadAsync(string file, TextReader stdin, CancellationToken cancellationToken)
    {
        var name = file is "-" ? "stdin" : file;
        var text = await ReadTextAsync(file, stdin, cancellationToken);
        var unreadable = new FaultList();
        if (JsonInput.Parse(Encoding.UTF8.GetBytes(text), Lenient, unreadable) is not { } root)
        {
            throw new VerbFailure(ExitCodes.Usage, $"{name} {unreadable.Items[0].Rule}");
        }

        JsonElement[] elements = root.ValueKind is JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
        var definitions = new List<AgentDefinition>();
        var complaints = new List<string>();
        for (var i = 0; i < elements.Length; i++)
        {
            var faults = new FaultList();
            if (DefinitionInput.Read(elements[i], faults) is { } definition)
            {
                // A silo would refuse it as well, but only after those before it in the file were spawned.
                faults.AddRange(definition.Policy is { } policy ? PolicyRules.Check(policy) : []);
                definitions.Add(definition);
            }

            complaints.AddRange(faults.Items.Select(f => $"  definition {i + 1}: {(f.Property is Shape.Root ? f.Rule : f)}"));
        }

        complaints.AddRange(definitions.GroupBy(d => d.Id).Where(g => g.Count() > 1).Select(g => $"  {g.Key} is there {g.Count()} times"));
        return complaints.Count > 0
            ? throw new VerbFailure(ExitCodes.Usage, $"{name} has faults; nothing was spawned:\n{string.Join('\n', complaints)}")
            : definitions;
    }

    private static async Task<string> ReadTextAsync(string file, TextReader stdin, CancellationToken cancellationToken)
    {
        try
        {
            return file is "-" ? await stdin.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbFailure(ExitCodes.Usage, $"{file} cannot be read: {e.Message}", e);
        }
    }
}
