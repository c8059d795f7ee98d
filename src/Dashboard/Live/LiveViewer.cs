using System.Threading.Channels;

namespace OrleansHealing.Dashboard.Live;

/// <summary>
/// One viewer's way out. It holds some seconds of frames; a viewer that is slower than that is not given what it missed frame by
/// frame, but the whole fleet anew.
/// </summary>
internal sealed class LiveViewer
{
    private const int MaxWaiting = 64;

    private readonly Channel<LiveFrame> _frames = Channel.CreateBounded<LiveFrame>(new BoundedChannelOptions(MaxWaiting));

    /// <summary>Whether it has missed frames. Set, reset and read by <see cref="LiveFleet"/> alone, under its lock.</summary>
    public bool IsBehind { get; private set; } = true;

    public ChannelReader<LiveFrame> Frames => _frames.Reader;

    /// <summary>Gives it a frame, unless it is behind already.</summary>
    public void Offer(LiveFrame frame)
    {
        if (!IsBehind && !_frames.Writer.TryWrite(frame))
        {
            IsBehind = true;
        }
    }

    /// <summary>Gives it what makes up for everything before.</summary>
    public void CatchUp(IEnumerable<LiveFrame> frames)
    {
        while (_frames.Reader.TryRead(out _))
        {
            // Is in what it is given now.
        }

        IsBehind = false;
        foreach (var frame in frames)
        {
            Offer(frame);
        }
    }

    public void End() => _frames.Writer.TryComplete();
}
