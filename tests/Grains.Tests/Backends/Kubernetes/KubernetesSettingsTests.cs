using OrleansHealing.Agents;
using OrleansHealing.Backends.Kubernetes;

namespace OrleansHealing.Tests.Backends.Kubernetes;

public sealed class KubernetesSettingsTests
{
    [Theory]
    [InlineData("""{"workload":"deployment/poller"}""")]
    [InlineData("""{"workload":"statefulset/a.b-0","namespace":"agents"}""")]
    [InlineData("""{"pod":"poller-0"}""")]
    [InlineData("""{"selector":"app=poller,tier in (a, b)"}""")]
    public void Check_SettingsThatNameOneThing_FindsNoFault(string settings) => Assert.Empty(KubernetesSettings.Check(AgentSettings.Parse(settings)));

    [Theory]
    [InlineData("{}", "settings must have one of workload, pod and selector (there are 0)")]
    [InlineData("""{"workload":"deployment/a","pod":"a"}""", "settings must have one of workload, pod and selector (there are 2)")]
    [InlineData("""{"workload":"poller"}""", "settings.workload must be deployment/NAME or statefulset/NAME, the name 1 to 253 characters out of a-z 0-9 - ., each part between dots beginning and ending with a letter or a digit (it is 'poller')")]
    [InlineData("""{"workload":"daemonset/poller"}""", "settings.workload must be deployment/NAME")]
    [InlineData("""{"workload":"deployment/Poller"}""", "settings.workload must be deployment/NAME")]
    [InlineData("""{"workload":"deployment/../secrets/x"}""", "settings.workload must be deployment/NAME")]
    [InlineData("""{"pod":"a b"}""", "settings.pod must be 1 to 253 characters")]
    [InlineData("""{"pod":"a\n"}""", "settings.pod must be 1 to 253 characters")]
    [InlineData("""{"selector":""}""", "settings.selector must be 1 to 1000 characters")]
    [InlineData("""{"pod":"a","namespace":"a.b"}""", "settings.namespace must be 1 to 63 characters out of a-z 0-9 -, the first and the last no dash (it is 'a.b')")]
    public void Check_SettingsThatBreakARule_NamesTheSettingAndTheRule(string settings, string expected)
    {
        var fault = Assert.Single(KubernetesSettings.Check(AgentSettings.Parse(settings)));

        Assert.StartsWith(expected, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KubeConfig", "KubernetesAgentOptions.KubeConfig must be a file that is there (it is '/no/such/file').")]
    [InlineData("Context", "KubernetesAgentOptions.Context must name a context of the kubeconfig, or not be set.")]
    [InlineData("Namespaces", "KubernetesAgentOptions.Namespaces must hold names of namespaces: 1 to 63 characters out of a-z 0-9 -, the first and the last no dash (it holds 'A').")]
    [InlineData("Timeout", "KubernetesAgentOptions.Timeout must be 00:00:00.1000000 to 00:10:00 (it is 00:11:00).")]
    public void Validate_ValueThatBreaksItsRule_NamesThePropertyAndTheRule(string property, string expected)
    {
        var options = new KubernetesAgentOptions();
        switch (property)
        {
            case "KubeConfig":
                options.KubeConfig = "/no/such/file";
                break;
            case "Context":
                options.Context = "";
                break;
            case "Namespaces":
                options.Namespaces.Add("A");
                break;
            default:
                options.Timeout = TimeSpan.FromMinutes(11);
                break;
        }

        Assert.Equal([expected], new KubernetesAgentOptionsValidator().Validate(null, options).Failures ?? []);
        Assert.True(new KubernetesAgentOptionsValidator().Validate(null, new KubernetesAgentOptions()).Succeeded);
    }
}
