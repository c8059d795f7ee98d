using System.Reflection;

namespace OrleansHealing.Tests.Fleet;

/// <summary>An interface of which a test needs a few members: those answer, any other fails the test by name.</summary>
public class Stub : DispatchProxy
{
    private readonly Dictionary<string, Func<object?[], object?>> _answers = new(StringComparer.Ordinal);

    public static T Of<T>(params (string Member, Func<object?[], object?> Answer)[] answers)
        where T : class
    {
        var stub = Create<T, Stub>();
        foreach (var (member, answer) in answers)
        {
            ((Stub)(object)stub)._answers.Add(member, answer);
        }

        return stub;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _answers.TryGetValue(targetMethod!.Name.Replace("get_", "", StringComparison.Ordinal), out var answer)
            ? answer(args ?? [])
            : throw new NotSupportedException($"{targetMethod.DeclaringType!.Name}.{targetMethod.Name} is not what the test expects to be called.");
}
