namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>The files of one embedded store.</summary>
internal sealed record StoreDirectory(string Root)
{
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    public string Spill => Path.Combine(Root, "spill");

    public string Lock => Path.Combine(Root, "store.lock");

    public string Log => Path.Combine(Root, "store.log");

    /// <summary>Makes the directory, for its owner alone: the password lies in it. One that exists is narrowed down to that.</summary>
    public void Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Root);
            return;
        }

        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Root, OwnerOnly);
        File.SetUnixFileMode(Root, OwnerOnly);
    }

    /// <summary>
    /// Takes the lock that makes a store process the only one of this directory, or returns null when another holds it.
    /// The system lets go of it when the process ends, however it ends, so there is never a stale one.
    /// </summary>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Lock))
        {
            return null;
        }
    }
}
