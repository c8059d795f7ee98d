using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansHealing.Silo.EmbeddedStore;

namespace OrleansHealing.Silo;

/// <summary>
/// The command line of the silo, and which of the three things this program can be it asks for: a silo, the launcher of
/// several, or the embedded store.
/// </summary>
/// <param name="runSilo">Runs this process as a silo; returns the exit code.</param>
/// <param name="launch">Runs this process as a launcher; returns the exit code.</param>
/// <param name="runStore">Runs this process as the embedded store of a directory; returns the exit code.</param>
internal sealed class SiloCommandLine(
    Func<SiloCommand, Task<int>> runSilo,
    Func<SiloCommand, Task<int>> launch,
    Func<string, TimeSpan, Task<int>> runStore)
{
    /// <summary>The exit code of a command line that cannot be followed.</summary>
    public const int UsageError = 2;

    private const int MostSilos = 64;

    private readonly Option<int> _silos = new("--silos")
    {
        Description = $"How many silos to start, 1 to {MostSilos}; each is a process of its own.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            if (!int.TryParse(TextOf(result), NumberStyles.None, CultureInfo.InvariantCulture, out var silos) || silos is < 1 or > MostSilos)
            {
                result.AddError($"--silos must be a number from 1 to {MostSilos}, not '{TextOf(result)}'.");
            }

            return silos;
        },
    };

    private readonly Option<bool> _demo = new("--demo") { Description = "Spawn a demo fleet." };

    private readonly Option<string?> _urls = new("--urls")
    {
        Description = "HTTP addresses, divided by semicolons; with several silos the next ones take the ports after. "
            + "Without it: the first free port from 8080, loopback only.",
    };

    private readonly Option<string?> _storeDirectory = new("--store-directory")
    {
        Description = "The directory of the embedded store; unused where ConnectionStrings:redis is set.",
    };

    private readonly Option<string?> _siloName = new("--silo-name") { Hidden = true };

    private readonly Option<bool> _withParent = new("--with-parent") { Hidden = true };

    private readonly Option<string> _directory = new("--directory") { Required = true };

    private readonly Option<double> _lingerSeconds = new("--linger-seconds")
    {
        DefaultValueFactory = _ => EmbeddedStoreServer.DefaultLinger.TotalSeconds,
        CustomParser = result =>
        {
            if (!double.TryParse(TextOf(result), CultureInfo.InvariantCulture, out var seconds) || seconds is not (> 0 and <= 86_400))
            {
                result.AddError($"--linger-seconds must be above 0 and at most 86400, not '{TextOf(result)}'.");
            }

            return seconds;
        },
    };

    /// <summary>Follows the command line.</summary>
    /// <returns>
    /// The exit code: <see cref="UsageError"/> with a message on <paramref name="errors"/> for one that breaks a rule, else that
    /// of what was run.
    /// </returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        var result = CreateRoot().Parse(arguments);
        string[] faults =
        [
            .. result.Errors.Select(error => error.Message),
            .. ConfigurationArguments.FaultOf(result.UnmatchedTokens) is { } fault ? [fault] : Array.Empty<string>(),
        ];
        if (faults.Length > 0)
        {
            foreach (var message in faults)
            {
                await errors.WriteLineAsync(message);
            }

            return UsageError;
        }

        return await result.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = errors,

            // The host, the launcher and the store each have their own way to end in order, longer than the library's 2 s.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        });
    }

    private RootCommand CreateRoot()
    {
        _urls.Validators.Add(result => CheckUrls(result.GetValueOrDefault<string?>(), result.AddError));
        _storeDirectory.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string?>()))
            {
                result.AddError("--store-directory must be a path.");
            }
        });

        var store = new Command(EmbeddedStoreProcess.Verb) { _directory, _lingerSeconds };
        store.Hidden = true;
        store.SetAction(result => runStore(result.GetRequiredValue(_directory), TimeSpan.FromSeconds(result.GetValue(_lingerSeconds))));

        var root = new RootCommand("A silo of OrleansHealing. Further arguments, --Section:Key=value, set its configuration.")
        {
            _silos, _demo, _urls, _storeDirectory, _siloName, _withParent, store,
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(result =>
        {
            var options = new SiloCommand(
                result.GetValue(_silos),
                result.GetValue(_demo),
                result.GetValue(_urls),
                result.GetValue(_storeDirectory) is { } directory ? Path.GetFullPath(directory) : null,
                result.GetValue(_siloName),
                result.GetValue(_withParent),
                [.. result.UnmatchedTokens]);
            return options.Silos > 1 ? launch(options) : runSilo(options);
        });
        return root;
    }

    private static string TextOf(ArgumentResult result) => result.Tokens is [.., var last] ? last.Value : string.Empty;

    private static void CheckUrls(string? urls, Action<string> addError)
    {
        foreach (var url in urls?.Split(';') ?? [])
        {
            try
            {
                if (BindingAddress.Parse(url) is { Scheme: "http" or "https", Host.Length: > 0, Port: >= 0 and <= 65_535 })
                {
                    continue;
                }
            }
            catch (FormatException)
            {
                // Said below, in the words of the option.
            }

            addError($"--urls: '{url}' must be an address such as http://127.0.0.1:8080.");
        }
    }
}
