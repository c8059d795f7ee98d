using System.Reflection;

namespace OrleansHealing.Heartbeats;

/// <summary>The store's scripts, from the files beside this one.</summary>
internal static class Scripts
{
    public static readonly string Commit = Load("commit");
    public static readonly string Claim = Load("claim");
    public static readonly string Beat = Load("beat");
    public static readonly string Report = Load("report");
    public static readonly string Checkpoint = Load("checkpoint");
    public static readonly string SetAside = Load("setaside");
    public static readonly string Recall = Load("recall");
    public static readonly string Note = Load("note");
    public static readonly string Tidy = Load("tidy");
    public static readonly string Count = Load("count");
    public static readonly string Begin = Load("begin");
    public static readonly string Log = Load("term") + Load("log");
    public static readonly string Round = Load("term") + Load("round");
    public static readonly string Maintain = Load("maintain");
    public static readonly string Alerts = Load("term") + Load("alerts");

    private static string Load(string name)
    {
        var resource = $"OrleansHealing.Heartbeats.Scripts.{name}.lua";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The script {resource} is not in the assembly.");
        using var reader = new StreamReader(stream);

        // Without its comments, which the client would hash at each call and the store keep; lines keep their numbers.
        return string.Join('\n', reader.ReadToEnd().Split('\n').Select(line => line.TrimStart().StartsWith("--", StringComparison.Ordinal) ? "" : line));
    }
}
