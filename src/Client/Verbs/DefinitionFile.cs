using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Verbs;

/// <summary>Definitions in a JSON file: one, or an array of them. Every one is read before any is spawned.</summary>
internal static class DefinitionFile
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="VerbFailure">The file cannot be read, or something in it is no definition; every such one is named (2).</exception>
    public static async Task<IReadOnlyList<AgentDefinition>> ReadAsync(string file, TextReader stdin, CancellationToken cancellationToken)
    {
        var name = file is "-" ? "stdin" : file;
        var text = await ReadTextAsync(file, stdin, cancellationToken);
        using var document = Parse(name, text);
        JsonElement[] elements = document.RootElement.ValueKind is JsonValueKind.Array
            ? [.. document.RootElement.EnumerateArray()]
            : [document.RootElement];
        var definitions = new List<AgentDefinition>();
        var faults = new List<string>();
        for (var i = 0; i < elements.Length; i++)
        {
            try
            {
                definitions.Add(elements[i].Deserialize(HealingJson.Default.AgentDefinition) ?? throw new JsonException("It is null."));
            }
            catch (JsonException e)
            {
                faults.Add($"  definition {i + 1}{(e.Path is { Length: > 2 } path ? $", {path[2..]}" : "")}: {Sentence(e)}");
            }
        }

        faults.AddRange(definitions.GroupBy(d => d.Id).Where(g => g.Count() > 1).Select(g => $"  {g.Key} is there {g.Count()} times"));
        return faults.Count > 0
            ? throw new VerbFailure(ExitCodes.Usage, $"{name} has faults; nothing was spawned:\n{string.Join('\n', faults)}")
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

    private static JsonDocument Parse(string name, string text)
    {
        try
        {
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException e)
        {
            throw new VerbFailure(ExitCodes.Usage, $"{name} is no JSON: line {e.LineNumber + 1}, {Sentence(e)}", e);
        }
    }

    /// <summary>The message without the position that the library hangs on, which counts from the element and not from the file.</summary>
    private static string Sentence(JsonException exception)
    {
        var message = exception.Message;
        foreach (var tail in (string[])[" Path: ", " LineNumber: "])
        {
            var at = message.IndexOf(tail, StringComparison.Ordinal);
            message = at < 0 ? message : message[..at];
        }

        return message.Replace("'OrleansHealing.Agents.AgentDefinition'", "a definition", StringComparison.Ordinal)
            .Replace("JSON deserialization for type a definition was missing required properties including:", "required and missing:", StringComparison.Ordinal);
    }
}
