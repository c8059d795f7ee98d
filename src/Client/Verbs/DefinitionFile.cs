using System.Text;
using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Input;

namespace OrleansHealing.Client.Verbs;

/// <summary>
/// Definitions in a JSON file: one, or an array of them, read by the rules of the HTTP API. Every one is read, and checked by the
/// fleet, before any is spawned. Unlike a body, a file may have comments and trailing commas, since people keep it.
/// </summary>
internal sealed class DefinitionFile
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = JsonInput.MaxDepth + 1,
    };

    private readonly string _name;
    private readonly IReadOnlyList<DefinitionInput> _inputs;
    private readonly IReadOnlyList<string> _doubles;

    private DefinitionFile(string name, JsonElement root)
    {
        _name = name;
        JsonElement[] elements = root.ValueKind is JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
        _inputs = [.. elements.Select(DefinitionInput.Read)];
        _doubles = [.. _inputs.Select(i => i.Definition).OfType<AgentDefinition>()
            .GroupBy(d => d.Id).Where(g => g.Count() > 1).Select(g => $"  {g.Key} is there {g.Count()} times")];
    }

    private bool HasFaults => _doubles.Count > 0 || _inputs.Any(i => i.Faults.Count > 0);

    /// <exception cref="VerbFailure">The file cannot be read, or is no JSON (2).</exception>
    public static async Task<DefinitionFile> ReadAsync(string file, TextReader stdin, CancellationToken cancellationToken)
    {
        var name = file is "-" ? "stdin" : file;
        var text = await ReadTextAsync(file, stdin, cancellationToken);
        var unreadable = new FaultList();
        return JsonInput.Parse(Encoding.UTF8.GetBytes(text), Lenient, unreadable) is { } root
            ? new DefinitionFile(name, root)
            : throw new VerbFailure(ExitCodes.Usage, $"{name} {unreadable.Items[0].Rule}");
    }

    /// <summary>Connects. Where that fails, faults of the file that need no fleet to be seen are the better answer.</summary>
    /// <exception cref="VerbFailure">The file has faults (2), or no cluster answers (4).</exception>
    public async Task<FleetSession> ConnectAsync(VerbContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await context.ConnectAsync(cancellationToken);
        }
        catch (VerbFailure e) when (e.ExitCode is ExitCodes.Unreachable && HasFaults)
        {
            throw Complaint();
        }
    }

    /// <summary>The definitions, when neither the console nor the fleet sees a fault in any of them.</summary>
    /// <exception cref="VerbFailure">Something in it is no definition, or none that can be spawned; every fault is named (2).</exception>
    public async Task<IReadOnlyList<AgentDefinition>> CheckAsync(FleetSession session, CancellationToken cancellationToken)
    {
        foreach (var input in _inputs)
        {
            if (input.Readable is { } readable)
            {
                input.Add(await session.ReadAsync(fleet => fleet.CheckAsync(readable), cancellationToken));
            }
        }

        return HasFaults ? throw Complaint() : [.. _inputs.Select(i => i.Definition!)];
    }

    private VerbFailure Complaint()
    {
        var complaints = _inputs
            .SelectMany((input, i) => input.Faults.Select(f => $"  definition {i + 1}: {(f.Property is Shape.Root ? f.Rule : f)}"))
            .Concat(_doubles);
        return new VerbFailure(ExitCodes.Usage, $"{_name} has faults; nothing was spawned:\n{string.Join('\n', complaints)}");
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
