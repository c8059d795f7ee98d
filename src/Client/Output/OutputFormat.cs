namespace OrleansHealing.Client.Output;

/// <summary>For whom the output is: people, programs, or other commands that take names.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Name,
}
