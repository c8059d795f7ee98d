using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>doctor</c>: what does not work or may not hold, seen from here and from a silo.</summary>
internal sealed class DoctorVerb() : Verb("doctor", "Look for what does not work, from this machine to the agents.")
{
    private static readonly TimeSpan SlowConnect = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LargeOffset = TimeSpan.FromSeconds(2);

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var findings = new List<DoctorFinding>();
        var code = ExitCodes.Ok;
        try
        {
            var start = context.Time.GetTimestamp();
            await using var session = await context.ConnectAsync(cancellationToken);
            findings.AddRange(Seen(session, context.Time.GetElapsedTime(start)));
            findings.AddRange(await session.ReadAsync(fleet => fleet.DoctorAsync(), cancellationToken));
        }
        catch (VerbFailure e) when (e.ExitCode is ExitCodes.Unreachable)
        {
            findings.Add(new DoctorFinding(DoctorLevel.Error, "connection", e.Message.ReplaceLineEndings(" ")));
            code = ExitCodes.Unreachable;
        }

        Print(context, findings);
        return code is ExitCodes.Ok && findings.Exists(f => f.Level is DoctorLevel.Error) ? ExitCodes.Error : code;
    }

    private static IEnumerable<DoctorFinding> Seen(FleetSession session, TimeSpan connecting)
    {
        yield return new DoctorFinding(
            connecting > SlowConnect ? DoctorLevel.Warning : DoctorLevel.Ok,
            "connection",
            FormattableString.Invariant($"store {session.Description} and a silo answered in {connecting.TotalSeconds:0.0} s"));
        yield return new DoctorFinding(
            session.ClockOffset.Duration() > LargeOffset ? DoctorLevel.Warning : DoctorLevel.Ok,
            "clock",
            FormattableString.Invariant($"this machine is {session.ClockOffset.Duration().TotalSeconds:0.0} s {(session.ClockOffset > TimeSpan.Zero ? "behind" : "ahead of")} the store; agents are judged by the store's clock alone"));
    }

    private static void Print(VerbContext context, List<DoctorFinding> findings)
    {
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.List(findings));
                return;
            case OutputFormat.Name:
                findings.ForEach(f => context.Output.WriteLine(f.Check));
                return;
        }

        foreach (var finding in findings)
        {
            context.Output.Write(new Line()
                .Add(finding.Level.ToWord().PadRight(7), Styles.Of(finding.Level)).Add("   ")
                .Add(finding.Check.PadRight(12), Styles.Strong).Add("   ")
                .Add(Printable.Clean(finding.Message)));
        }
    }
}
