namespace OrleansHealing.Alerts;

/// <summary>The silos before this one in an order that all of them know, so that of many that see the same one has it told.</summary>
internal interface ISiloPeers
{
    /// <summary>This silo's name.</summary>
    string Name { get; }

    /// <summary>How many active silos are before this one.</summary>
    int Before { get; }

    /// <summary>Whether one of those before has people told of an alarm. Needs no store. At most two seconds each.</summary>
    Task<bool> DoesOneTellAsync(string key, CancellationToken cancellationToken);
}
