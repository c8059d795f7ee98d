using OrleansHealing.Tests.Backends.Contract;
using OrleansHealing.Tests.Backends.Kubernetes.Fake;

namespace OrleansHealing.Tests.Backends.Kubernetes;

public sealed class DeploymentBackendContractTests() : RemoteBackendContract(
    () => KubernetesStage.OpenAsync(ResourceType.Deployments, ClusterOfAgents.Told, """{"workload":"deployment/ID"}"""));

public sealed class StatefulSetBackendContractTests() : RemoteBackendContract(
    () => KubernetesStage.OpenAsync(ResourceType.StatefulSets, ClusterOfAgents.Told, """{"workload":"statefulset/ID"}"""));

public sealed class PodBackendContractTests() : RemoteBackendContract(
    () => KubernetesStage.OpenAsync(ResourceType.StatefulSets, ClusterOfAgents.Waiting, """{"pod":"ID-0"}""", """{"replicas": 1}"""));

public sealed class SelectedPodBackendContractTests() : RemoteBackendContract(
    () => KubernetesStage.OpenAsync(ResourceType.Deployments, ClusterOfAgents.Waiting, """{"selector":"app=ID"}""", """{"replicas": 1}"""));
