using System.Globalization;
using System.Text.Json;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>Checks a definition before anything is changed, and names every fault at once.</summary>
internal static class DefinitionRules
{
    private const int MaxSettingsLength = 32 * 1024;

    // To open a pipe waits for who writes, and a drive that is gone may keep one waiting: the door has others to answer.
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(1);

    /// <summary>Every fault of <paramref name="definition"/>; empty when it can be spawned.</summary>
    public static IReadOnlyList<Fault> Check(AgentDefinition definition, AgentKinds kinds)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(kinds);
        var faults = new List<Fault>();
        if (definition.Id.Value is null)
        {
            faults.Add(new Fault("id", AgentId.Rule));
        }

        if (kinds.Find(definition.Kind) is not { } kind)
        {
            var known = string.Join(", ", kinds.All.Select(k => k.Name));
            faults.Add(new Fault("kind", $"must be a registered kind: {known} (it is '{definition.Kind}')"));
        }
        else
        {
            faults.AddRange(CheckSettings(definition.Settings ?? AgentSettings.Empty, kind));
        }

        faults.AddRange(definition.Group?.Check() ?? []);
        if (LabelRules.Fault(definition.Labels) is { } labels)
        {
            faults.Add(labels);
        }

        var single = definition.Policy is { } policy ? PolicyRules.Check(policy).ToList() : [];
        faults.AddRange(single.Count > 0 ? single : PolicyRules.Check(kinds.PolicyOf(definition)));

        return faults;
    }

    private static IEnumerable<Fault> CheckSettings(AgentSettings settings, AgentKind kind)
    {
        if (settings.Json.Length > MaxSettingsLength)
        {
            yield return new Fault("settings", $"must be at most {MaxSettingsLength} characters of JSON (they are {settings.Json.Length})");
            yield break;
        }

        var values = settings.ToDictionary();
        if (kind.Settings.Count > 0)
        {
            foreach (var name in values.Keys.Where(name => kind.Settings.All(s => s.Name != name)))
            {
                var known = string.Join(", ", kind.Settings.Select(s => s.Name));
                yield return new Fault($"settings.{name}", $"must be a setting of {kind.Name}: {known}");
            }
        }

        var isWellTyped = true;
        foreach (var setting in kind.Settings)
        {
            var fault = values.TryGetValue(setting.Name, out var value)
                ? CheckValue(setting, value)
                : setting.IsRequired ? "must be given" : null;
            if (fault is not null)
            {
                isWellTyped = false;
                yield return new Fault($"settings.{setting.Name}", fault);
            }
        }

        foreach (var fault in isWellTyped ? kind.Check?.Invoke(settings) ?? [] : [])
        {
            yield return fault;
        }
    }

    private static string? CheckValue(AgentSetting setting, JsonElement value)
    {
        var text = value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return setting.Type switch
        {
            AgentSettingType.WholeNumber when !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                => $"must be a whole number (it is {text})",
            AgentSettingType.WholeNumber or AgentSettingType.Number => CheckNumber(setting, text),
            AgentSettingType.Boolean when text is not ("true" or "false") => $"must be true or false (it is {text})",
            AgentSettingType.Text or AgentSettingType.File when value.ValueKind is not JsonValueKind.String => "must be a text",
            AgentSettingType.File => CheckFile(text),
            AgentSettingType.TextList when value.ValueKind is not JsonValueKind.Array || value.EnumerateArray().Any(t => t.ValueKind is not JsonValueKind.String)
                => "must be a list of texts",
            AgentSettingType.TextMap when value.ValueKind is not JsonValueKind.Object || value.EnumerateObject().Any(m => m.Value.ValueKind is not JsonValueKind.String)
                => "must be an object of texts",
            _ => null,
        };
    }

    private static string? CheckNumber(AgentSetting setting, string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            return $"must be a number (it is {text})";
        }

        return number < (setting.Min ?? double.MinValue) || number > (setting.Max ?? double.MaxValue)
            ? $"must be {setting.Min?.ToString(CultureInfo.InvariantCulture) ?? "any"} to {setting.Max?.ToString(CultureInfo.InvariantCulture) ?? "any"} (it is {text})"
            : null;
    }

    private static string? CheckFile(string path)
    {
        if (!File.Exists(path))
        {
            return $"must be a file that is there (there is no '{path}', seen from {Environment.CurrentDirectory})";
        }

        var opening = Task.Run(() => TryOpen(path, FileAccess.Read));
        if (opening.Wait(OpenPatience))
        {
            return opening.Result;
        }

        // A writer lets go who waits for one.
        _ = Task.Run(() => TryOpen(path, FileAccess.ReadWrite));
        return $"must be a file that opens at once (after {OpenPatience.TotalSeconds} s it had not: is it a pipe?)";
    }

    private static string? TryOpen(string path, FileAccess access)
    {
        try
        {
            using var stream = File.Open(path, FileMode.Open, access, FileShare.ReadWrite);

            // A device says that it is empty, and gives without end.
            return !stream.CanSeek || (stream.Length == 0 && stream.ReadByte() >= 0)
                ? "must be a file with a length (it has none and can be read all the same: is it a device?)"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"must be a file that can be read ({e.Message})";
        }
    }
}
