namespace OrleansHealing.Dashboard.Api;

/// <summary>Ends the reading of a request that is wrong, from however deep in it.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
