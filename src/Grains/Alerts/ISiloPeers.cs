namespace OrleansHealing.Alerts;

/// <summary>The other silos, in an order that all of them know, so that of many that see the same one has it told.</summary>
internal interface ISiloPeers
{
    /// <summary>This silo's name.</summary>
    string Name { get; }

    /// <summary>How many active silos are before this one.</summary>
    int Before { get; }

    /// <summary>Whether any other silo has people told of an alarm. Needs no store. At most two seconds.</summary>
    Task<bool> DoesOneTellAsync(string key, CancellationToken cancellationToken);
}
