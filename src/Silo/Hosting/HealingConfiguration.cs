using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansHealing.Alerts;
using OrleansHealing.Backends.External;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Hosting;

namespace OrleansHealing.Silo.Hosting;

/// <summary>Reads the section <c>Healing</c>, in which a name that means nothing is a mistake and not a wish.</summary>
internal static class HealingConfiguration
{
    /// <summary>The section of the dashboard's own options.</summary>
    public const string DashboardSection = $"{HealingOptions.SectionName}:Dashboard";

    private static readonly string[] Secrets = [nameof(AlertSinkOptions.Url), nameof(AlertSinkOptions.Key), nameof(AlertOptions.DeadManUrl)];

    // The sections inside, each with the type that it is read into.
    private static readonly (string Name, Type Options)[] Inner =
    [
        (nameof(SiloSettings.EmbeddedStore), typeof(EmbeddedStoreSettings)),
        (nameof(SiloSettings.ProcessAgents), typeof(ProcessAgentSettings)),
        (nameof(SiloSettings.DockerAgents), typeof(DockerAgentSettings)),
        (nameof(SiloSettings.KubernetesAgents), typeof(KubernetesAgentSettings)),
        ("Dashboard", typeof(HealingDashboardOptions)),
        ("Alerts", typeof(AlertOptions)),
        ("ExternalAgents", typeof(ExternalAgentOptions)),
    ];

    /// <summary>The section of agents that are processes.</summary>
    public const string ProcessAgentsSection = $"{HealingOptions.SectionName}:{nameof(SiloSettings.ProcessAgents)}";

    /// <summary>The section of agents that are Docker containers.</summary>
    public const string DockerAgentsSection = $"{HealingOptions.SectionName}:{nameof(SiloSettings.DockerAgents)}";

    /// <summary>The section of agents that Kubernetes runs.</summary>
    public const string KubernetesAgentsSection = $"{HealingOptions.SectionName}:{nameof(SiloSettings.KubernetesAgents)}";

    /// <summary>The host's part of the section.</summary>
    /// <exception cref="OptionsValidationException">A name is unknown or a value breaks its rule.</exception>
    public static SiloSettings ReadSettings(IConfiguration configuration)
    {
        var section = configuration.GetSection(HealingOptions.SectionName);
        var names = NamesOf(typeof(HealingOptions)).Where(n => n != nameof(HealingOptions.ConnectionString));
        var faults = Unknown(section, [.. names, .. NamesOf(typeof(SiloSettings)), .. Inner.Select(i => i.Name)]).ToList();
        faults.AddRange(Inner.SelectMany(inner => Unknown(section.GetSection(inner.Name), NamesOf(inner.Options))));
        var sinks = section.GetSection($"Alerts:{nameof(AlertOptions.Sinks)}").GetChildren().ToList();
        faults.AddRange(sinks.SelectMany(sink => Unknown(sink, NamesOf(typeof(AlertSinkOptions))).Concat(Ambiguous(sink, typeof(AlertSinkOptions)))));
        faults.AddRange(Ambiguous(section, typeof(HealingOptions)).Concat(Inner.SelectMany(inner => Ambiguous(section.GetSection(inner.Name), inner.Options))));
        if (faults.Count > 0)
        {
            throw new OptionsValidationException(nameof(SiloSettings), typeof(SiloSettings), faults);
        }

        var settings = section.Get<SiloSettings>() ?? new SiloSettings();
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true);
        faults.AddRange(results.Select(r => $"{HealingOptions.SectionName}:{string.Join(',', r.MemberNames)}: {r.ErrorMessage}"));
        if (settings.EmbeddedStore.Linger <= TimeSpan.Zero || settings.EmbeddedStore.Linger > TimeSpan.FromDays(1))
        {
            faults.Add($"{HealingOptions.SectionName}:EmbeddedStore:Linger must be above 0 and at most a day (it is {settings.EmbeddedStore.Linger}).");
        }

        return faults.Count == 0 ? settings : throw new OptionsValidationException(nameof(SiloSettings), typeof(SiloSettings), faults);
    }

    /// <summary>
    /// The dashboard's part of the section, with the silo's own <paramref name="hosts"/> allowed beside those that are configured:
    /// an address that it announces must be one that it answers at.
    /// </summary>
    public static void Bind(IConfiguration configuration, IEnumerable<string> hosts, HealingDashboardOptions options)
    {
        var section = configuration.GetSection(DashboardSection);
        section.Bind(options);

        // One variable may hold several keys; no key has a comma in it.
        foreach (var key in section[nameof(options.ApiKeys)]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            options.ApiKeys.Add(key);
        }

        // A path of a socket is no host that a request could name.
        var missing = hosts.Where(h => Uri.CheckHostName(h) is not UriHostNameType.Unknown)
            .Except(options.AllowedHosts, StringComparer.OrdinalIgnoreCase).ToList();
        missing.ForEach(options.AllowedHosts.Add);
    }

    /// <summary>The part of the section that is about alerts.</summary>
    /// <exception cref="OptionsValidationException">A value is of the wrong type. An address is not repeated, since it is a secret.</exception>
    public static void BindAlerts(IConfiguration configuration, AlertOptions options)
    {
        var section = configuration.GetSection(AlertOptions.SectionName);
        Read(section, () => section.Bind(options));

        // The framework leaves out an entry of a list that it cannot read, and says nothing: a sink that is not there tells nobody.
        options.Sinks.Clear();
        foreach (var child in section.GetSection(nameof(AlertOptions.Sinks)).GetChildren())
        {
            var sink = new AlertSinkOptions();
            Read(child, () => child.Bind(sink, binder => binder.ErrorOnUnknownConfiguration = true));
            options.Sinks.Add(sink);
        }
    }

    /// <summary>The part of the section that is about agents that something else runs.</summary>
    /// <exception cref="OptionsValidationException">A value is of the wrong type. An address is not repeated, since it is a secret.</exception>
    public static void BindExternalAgents(IConfiguration configuration, ExternalAgentOptions options)
    {
        var section = configuration.GetSection($"{HealingOptions.SectionName}:ExternalAgents");
        Read(section, () => section.Bind(options));
    }

    private static void Read(IConfigurationSection section, Action bind)
    {
        try
        {
            bind();
        }
        catch (InvalidOperationException e)
        {
            var told = e.InnerException is InvalidOperationException inner ? inner : e;
            var secret = Array.Find(Secrets, name => told.Message.Contains($":{name}'", StringComparison.OrdinalIgnoreCase));
            throw new OptionsValidationException(
                nameof(AlertOptions), typeof(AlertOptions), [secret is null ? $"{told.Message} {told.InnerException?.Message}".TrimEnd() : $"{section.Path}:{secret} cannot be read as an address."]);
        }
    }

    private static IEnumerable<string> NamesOf(Type options) => options.GetProperties().Select(p => p.Name);

    private static IEnumerable<string> Unknown(IConfigurationSection section, IEnumerable<string> names)
    {
        var known = names.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList();
        return section.GetChildren().Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => string.Equals(child.Key, nameof(HealingOptions.ConnectionString), StringComparison.OrdinalIgnoreCase)
                ? $"{child.Path} is no setting; the store is named by ConnectionStrings:redis."
                : $"{child.Path} is no setting; there are: {string.Join(", ", known)}.");
    }

    /// <summary>A time without a colon is read as days by the framework, which nobody means who writes an 8.</summary>
    private static IEnumerable<string> Ambiguous(IConfigurationSection section, Type options) =>
        from property in options.GetProperties()
        where (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan)
        let setting = section.GetSection(property.Name)
        where setting.Value is { Length: > 0 } text && !text.Contains(':', StringComparison.Ordinal)
        select $"{setting.Path} must be a time written as hours:minutes:seconds, such as 00:00:08 for 8 seconds (it is '{setting.Value}').";
}
