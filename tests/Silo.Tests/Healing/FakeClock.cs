using System.Globalization;

namespace OrleansHealing.Silo.Healing;

/// <summary>A wall clock for one silo that says another time than the machine's: libfaketime. Its monotonic clock stays the real one.</summary>
internal sealed class FakeClock
{
    private static readonly string[] Places = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime", "/usr/lib64/faketime"];

    private readonly string _file;
    private readonly string _library;

    private FakeClock(string library, string file) => (_library, _file) = (library, file);

    /// <summary>The real silo under this clock.</summary>
    public SiloProgram Program => SiloProgram.Real with
    {
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = _library,
            ["FAKETIME_TIMESTAMP_FILE"] = _file,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",

            // Its guess is wrong with the C library of today: each wait of a thread ends at once, and the process spins on all cores.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        },
    };

    /// <summary>A clock that is ahead by <paramref name="offset"/>, or skips the test where there is no libfaketime.</summary>
    public static FakeClock Create(string directory, string name, TimeSpan offset)
    {
        var library = Places.Select(place => Path.Combine(place, "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(library is null, "libfaketime is not installed: apt-get install libfaketime");
        var clock = new FakeClock(library!, Path.Combine(directory, name));
        clock.Step(offset);
        return clock;
    }

    /// <summary>Steps to so much ahead of the machine's clock.</summary>
    public void Step(TimeSpan offset) => File.WriteAllText(_file, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));
}
