using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// The one writer of a silo's heartbeats. Offering a beat costs no I/O and never blocks or throws; a beat is sent within the
/// flush interval, together with all others that came meanwhile. When the store is out of reach, the newest beat of each agent
/// waits, nothing else.
/// </summary>
internal sealed partial class HeartbeatWriter(
    IHeartbeatStore store, HealingMetrics metrics, IOptions<HealingOptions> options, TimeProvider time, ILogger<HeartbeatWriter> logger)
    : BackgroundService
{
    private const int MaxBatch = 512;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    // Unbounded is bounded here: a slot is in the queue at most once. One queue a partition, since partitions can be on different
    // nodes, and one that hangs must not hold up the others.
    private readonly Channel<BeatSlot>[] _queues =
        [.. Enumerable.Range(0, store.Partitions).Select(_ => Channel.CreateUnbounded<BeatSlot>(new() { SingleReader = true }))];

    private int _isFailing;

    /// <summary>Makes the place of one incarnation. <paramref name="refused"/> is called, off any grain, when its beat is refused.</summary>
    public BeatSlot Open(AgentId id, long incarnation, Action refused, BeatGaps? gaps = null) =>
        new(id, id.PartitionOf(store.Partitions), incarnation, refused, gaps);

    /// <summary>Puts the newest heartbeat of an incarnation in line.</summary>
    public void Offer(BeatSlot slot, long deadline, Heartbeat? record, long at = 0)
    {
        if (slot.Offer(deadline, record, at, time.GetTimestamp()))
        {
            _queues[slot.Partition].Writer.TryWrite(slot);
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, _queues.Length).Select(partition => PumpAsync(partition, stoppingToken)));

    private async Task PumpAsync(int partition, CancellationToken stoppingToken)
    {
        try
        {
            while (await _queues[partition].Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(options.Value.FlushInterval, time, stoppingToken);
                if (!await FlushAsync(partition))
                {
                    await Task.Delay(RetryDelay, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; agents have been handed over before.
        }
    }

    /// <summary>Sends all that waits.</summary>
    /// <returns>False when the store did not take all of it.</returns>
    private async Task<bool> FlushAsync(int partition)
    {
        var batch = new List<(BeatSlot Slot, BeatEntry Beat)>(MaxBatch);
        var sends = new List<Task<bool>>();
        while (_queues[partition].Reader.TryRead(out var slot))
        {
            if (!slot.TryTake(out var beat))
            {
                continue;
            }

            batch.Add((slot, beat));
            if (batch.Count == MaxBatch)
            {
                var sending = SendAsync(partition, batch);
                sends.Add(sending);
                batch = new(MaxBatch);
                if (sending.IsCompletedSuccessfully && !await sending)
                {
                    // Refused at once, and put back into the queue that is read here: the rest would be, too, for ever.
                    break;
                }
            }
        }

        if (batch.Count > 0)
        {
            sends.Add(SendAsync(partition, batch));
        }

        return (await Task.WhenAll(sends)).All(sent => sent);
    }

    private async Task<bool> SendAsync(int partition, List<(BeatSlot Slot, BeatEntry Beat)> batch)
    {
        try
        {
            var sent = time.GetTimestamp();
            var fenced = await store.BeatAsync(partition, batch.ConvertAll(b => b.Beat));
            NoteGaps(batch, fenced, time.GetElapsedTime(sent));
            metrics.BatchFlushed(batch.Count - fenced.Count, fenced.Count, time.GetElapsedTime(batch.Min(b => b.Beat.Offered)));
            foreach (var position in fenced)
            {
                batch[position].Slot.Refuse();
            }

            if (Interlocked.Exchange(ref _isFailing, 0) == 1)
            {
                LogRecovered(logger);
            }

            return true;
        }
        catch (Exception e)
        {
            // Whatever it was, a writer that ends would end every agent of this silo.
            metrics.FlushFailed();
            if (Interlocked.Exchange(ref _isFailing, 1) == 0)
            {
                LogFailed(logger, e.Message);
            }

            foreach (var (slot, beat) in batch)
            {
                slot.Gaps?.HeldUp();
                if (slot.PutBack(beat))
                {
                    _queues[slot.Partition].Writer.TryWrite(slot);
                }
            }

            return false;
        }
    }

    private static void NoteGaps(List<(BeatSlot Slot, BeatEntry Beat)> batch, IReadOnlyList<int> fenced, TimeSpan took)
    {
        var next = 0;
        long? now = null;
        for (var i = 0; i < batch.Count; i++)
        {
            var isFenced = next < fenced.Count && fenced[next] == i;
            next += isFenced ? 1 : 0;
            var (slot, beat) = batch[i];
            if (slot.Gaps is not { } gaps)
            {
                continue;
            }

            if (isFenced)
            {
                gaps.HeldUp();
            }
            else
            {
                gaps.Accepted(beat, took, now ??= gaps.Now);
            }
        }
    }

    [LoggerMessage(1021, LogLevel.Warning, "Heartbeats cannot be written; the newest of each agent waits: {Error}")]
    private static partial void LogFailed(ILogger logger, string error);

    [LoggerMessage(1022, LogLevel.Information, "Heartbeats are written again")]
    private static partial void LogRecovered(ILogger logger);
}
