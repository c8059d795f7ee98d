using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>spawn</c>: takes on an agent that the command line describes, or those of a file.</summary>
internal sealed class SpawnVerb : Verb
{
    private readonly Argument<AgentId?> _id = VerbOptions.OptionalId("Its name; not with -f.");
    private readonly Option<string?> _kind = new("--kind", "-k") { Description = "What it is made from (see: healing kinds).", HelpName = "KIND" };
    private readonly Option<string?> _file = new("--file", "-f")
    {
        Description = "A definition or an array of them as JSON; - reads stdin.",
        HelpName = "FILE",
    };

    private readonly Option<KeyValuePair<string, string>[]> _set = PairOption.Create("--set", "A setting of the kind; numbers, true, false and JSON are taken as such.", "-s");
    private readonly Option<KeyValuePair<string, string>[]> _label = PairOption.Create("--label", "A label to find it by.", "-l");
    private readonly PolicyOptions _policy = new();

    public SpawnVerb()
        : base("spawn", "Take on a new agent and keep it alive.")
    {
        Add(_id);
        Add(_kind);
        Add(_file);
        Add(_set);
        Add(_label);
        _policy.AddTo(this);
        Validators.Add(result =>
        {
            var hasFile = result.GetResult(_file) is not null;
            var hasId = result.GetResult(_id) is { Tokens.Count: > 0 };
            if (hasFile && (hasId || Options.Any(o => o != _file && result.GetResult(o) is { Implicit: false })))
            {
                result.AddError("With -f everything stands in the file; leave out ID and the options of the definition.");
            }
            else if (!hasFile && !hasId)
            {
                result.AddError("Name the agent: healing spawn ID --kind KIND, or give definitions: healing spawn -f FILE.json");
            }
            else if (!hasFile && result.GetResult(_kind) is null)
            {
                result.AddError("Say what it is made from: --kind KIND (see: healing kinds)");
            }
        });
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var file = context.Arguments.GetValue(_file) is { } path ? await DefinitionFile.ReadAsync(path, context.Output.In, cancellationToken) : null;
        await using var session = await (file?.ConnectAsync(context, cancellationToken) ?? context.ConnectAsync(cancellationToken));
        var definitions = file is null ? [ToDefinition(context.Arguments)] : await file.CheckAsync(session, cancellationToken);
        var byId = definitions.ToDictionary(d => d.Id);
        return await Orders.RunAsync(
            context,
            session,
            definitions.Select(d => d.Id),
            id => SpawnAsync(session, byId[id], cancellationToken),
            cancellationToken);
    }

    private AgentDefinition ToDefinition(ParseResult arguments)
    {
        var labels = arguments.GetValue(_label) ?? [];
        var settings = arguments.GetValue(_set) ?? [];
        return new AgentDefinition
        {
            Id = arguments.GetValue(_id)!.Value,
            Kind = arguments.GetRequiredValue(_kind)!,
            Settings = settings.Length > 0 ? PairOption.ToSettings(settings) : null,
            Labels = labels.Length > 0 ? labels.ToDictionary(StringComparer.Ordinal) : null,
            Policy = _policy.ToSettings(arguments),
        };
    }

    /// <summary>
    /// A lost answer is asked for again. The second answer may then be that there is one already: if it is the same, the
    /// first order was carried out.
    /// </summary>
    private static async Task<CommandResult> SpawnAsync(FleetSession session, AgentDefinition definition, CancellationToken cancellationToken)
    {
        var tries = 0;
        var result = await session.RepeatableOrderAsync(
            fleet =>
            {
                tries++;
                return fleet.SpawnAsync(definition, VerbContext.Actor);
            },
            cancellationToken);
        if (tries is 1 || result.Outcome is not CommandOutcome.Conflict)
        {
            return result;
        }

        var there = await session.ReadAsync(fleet => fleet.DescribeAsync(definition.Id), cancellationToken);
        return there?.Definition is { } found && Text(found) == Text(definition)
            ? CommandResult.Done("Spawned.", there.Agent.Incarnation)
            : result;
    }

    private static string Text(AgentDefinition definition) => JsonText.From(definition, HealingJson.Default.Options).Text;
}
