using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrleansHealing.Client.Output;

/// <summary>A screen that is drawn again in place, once a second, until q or Ctrl+C. It outlives the cluster: then it says so and goes on trying.</summary>
internal static class LiveScreen
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeyPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FramePatience = TimeSpan.FromSeconds(2);

    /// <summary>Draws what <paramref name="frame"/> gives for the rows and the patience with the cluster that it is given.</summary>
    public static async Task RunAsync(
        ConsoleOutput output,
        IAnsiConsole screen,
        TimeProvider time,
        Func<int, TimeSpan, Task<IReadOnlyList<Line>>> frame,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<Line> last = [];
        await screen.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            var answered = time.GetTimestamp();
            while (!cancellationToken.IsCancellationRequested)
            {
                Line? trouble = null;
                try
                {
                    last = await frame(Rows(screen), FramePatience);
                    answered = time.GetTimestamp();
                }
                catch (VerbFailure e) when (e.ExitCode is ExitCodes.Unreachable)
                {
                    trouble = new Line().Add($"No answer for {Humanize.Span(time.GetElapsedTime(answered))}; trying again. q leaves.", Styles.Bad);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                live.UpdateTarget(Draw(trouble is null ? last : [trouble, .. last], screen));
                if (!await WaitAsync(output, time, cancellationToken))
                {
                    return;
                }
            }
        });
    }

    /// <summary>Rows that a frame can have without scrolling.</summary>
    private static int Rows(IAnsiConsole screen) => Math.Max(6, screen.Profile.Height - 2);

    private static Rows Draw(IEnumerable<Line> lines, IAnsiConsole screen) =>
        new(lines.Take(Rows(screen)).Select(IRenderable (l) => l.ToParagraph(screen.Profile.Width)));

    /// <returns>False when the person leaves.</returns>
    private static async Task<bool> WaitAsync(ConsoleOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Refresh; waited += KeyPoll)
        {
            if (output.PressedKey() is 'q' or 'Q')
            {
                return false;
            }

            try
            {
                await Task.Delay(KeyPoll, time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return true;
    }
}
