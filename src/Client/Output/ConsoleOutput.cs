using Spectre.Console;

namespace OrleansHealing.Client.Output;

/// <summary>Where a verb writes to and asks: the process's streams, or a test's.</summary>
internal sealed class ConsoleOutput
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>The screen behind <see cref="Out"/>; null when it is a pipe or a file.</summary>
    public IAnsiConsole? Screen { get; init; }

    /// <summary>Somebody is there who can answer a question.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Takes a key that was pressed, if any, without waiting.</summary>
    public Func<char?> PressedKey { get; init; } = static () => null;

    /// <summary>The terminal's width in cells; null when nothing needs to fit.</summary>
    public int? Width => Screen?.Profile.Width;

    /// <summary>The streams of this process.</summary>
    public static ConsoleOutput OfProcess()
    {
        var screen = Console.IsOutputRedirected ? null : AnsiConsole.Console;
        return new ConsoleOutput
        {
            Out = Console.Out,
            Error = Console.Error,
            In = Console.In,
            Screen = screen,
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            PressedKey = static () => !Console.IsInputRedirected && Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : null,
        };
    }

    public void Write(Line line)
    {
        if (Screen is { } screen)
        {
            screen.Write(line.ToParagraph(width: null));
            screen.WriteLine();
        }
        else
        {
            Out.WriteLine(line);
        }
    }

    public void WriteLine(string text) => Out.WriteLine(text);

    /// <summary>One or more lines for the person, kept out of what a script reads.</summary>
    public void Tell(string text) => Error.WriteLine(text);

    /// <summary>Asks yes or no; anything but yes is no.</summary>
    public async Task<bool> ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        await Error.WriteAsync($"{question} [y/N] ".AsMemory(), cancellationToken);
        await Error.FlushAsync(cancellationToken);
        var answer = await In.ReadLineAsync(cancellationToken);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
