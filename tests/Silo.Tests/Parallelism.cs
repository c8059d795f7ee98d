using Xunit.v3;

// These tests mostly wait for other processes, so more of them run side by side than there are processors.
[assembly: Parallelization(MaxThreads = 4)]
