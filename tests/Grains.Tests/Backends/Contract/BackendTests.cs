using OrleansHealing.Tests.Heartbeats.Contract;

namespace OrleansHealing.Tests.Backends.Contract;

public sealed class GrainBackendContractTests(GarnetStore store) : RestartBackendContract(() => GrainStage.OpenAsync(store));

public sealed class ProcessBackendContractTests(GarnetStore store) : RestartBackendContract(() => ProcessStage.OpenAsync(store));

public sealed class WebhookBackendContractTests() : RemoteBackendContract(WebhookStage.OpenAsync);
