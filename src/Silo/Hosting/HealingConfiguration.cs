using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansHealing.Hosting;

namespace OrleansHealing.Silo.Hosting;

/// <summary>Reads the section <c>Healing</c>, in which a name that means nothing is a mistake and not a wish.</summary>
internal static class HealingConfiguration
{
    /// <summary>The host's part of the section.</summary>
    /// <exception cref="OptionsValidationException">A name is unknown or a value breaks its rule.</exception>
    public static SiloSettings ReadSettings(IConfiguration configuration)
    {
        var section = configuration.GetSection(HealingOptions.SectionName);
        var known = typeof(HealingOptions).GetProperties().Concat(typeof(SiloSettings).GetProperties())
            .Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var faults = section.GetChildren().Where(child => !known.Contains(child.Key))
            .Select(child => $"{child.Path} is no setting; there are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.").ToList();

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
}
