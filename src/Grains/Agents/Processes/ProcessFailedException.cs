namespace OrleansHealing.Agents.Processes;

/// <summary>The process of an agent ended otherwise than with 0; the message says how, and what it last said.</summary>
internal sealed class ProcessFailedException(string message) : Exception(message);
