using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansHealing.Alerts;
using OrleansHealing.Serialization;

namespace OrleansHealing.Tests.Alerts;

/// <summary>A sink that notes what it took, and fails as it is told to.</summary>
internal sealed class NotedSink(NotedSink.Notes notes) : IAlertSink
{
    public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        notes.Tried.Enqueue(notice);
        if (notes.Fails(notice) is { } error)
        {
            throw error;
        }

        notes.Taken.Enqueue(notice);
        return Task.CompletedTask;
    }

    public sealed class Notes
    {
        public ConcurrentQueue<AlertNotice> Tried { get; } = new();

        public ConcurrentQueue<AlertNotice> Taken { get; } = new();

        public Func<AlertNotice, Exception?> Fails { get; set; } = _ => null;

        /// <summary>What was taken, in short: <c>firing agent-quarantined/doomed</c>.</summary>
        public IReadOnlyList<string> Said => [.. Taken.Select(Short)];

        public static string Short(AlertNotice notice) => $"{notice.State.ToWord()} {string.Join('/', notice.Key.Split('/')[2..])}";

        public Task SaysAsync(params string[] expected) => UntilAsync(() => Said.Order().SequenceEqual(expected.Order()), () => $"[{string.Join(", ", expected)}]; seen: [{string.Join(", ", Said)}]");

        public Task TriesAsync(int times) => UntilAsync(() => Tried.Count >= times, () => $"{times} attempts; seen: {Tried.Count}");

        private static async Task UntilAsync(Func<bool> isSo, Func<string> awaited)
        {
            var watch = Stopwatch.StartNew();
            while (!isSo())
            {
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Awaited {awaited()}");
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
    }
}
