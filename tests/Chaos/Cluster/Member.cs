using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Chaos.Cluster;

/// <summary>One silo of the run.</summary>
internal sealed class Member(string name, SiloProcess process, TimeSpan startedAt)
{
    private volatile bool _isFrozen;
    private volatile bool _isMeantToEnd;

    public string Name => name;

    public SiloProcess Process => process;

    public TimeSpan StartedAt => startedAt;

    /// <summary>Whether it is stopped by SIGSTOP now.</summary>
    public bool IsFrozen
    {
        get => _isFrozen;
        set => _isFrozen = value;
    }

    /// <summary>Whether something was done to it that ends it, or after which it has to end itself.</summary>
    public bool IsMeantToEnd
    {
        get => _isMeantToEnd;
        set => _isMeantToEnd = value;
    }

    public bool IsUp => process.IsAlive && process.Ready.IsCompletedSuccessfully;

    /// <summary>Whether it can do any work.</summary>
    public bool IsAtWork => IsUp && !IsFrozen;
}
