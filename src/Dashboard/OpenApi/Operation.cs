namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>One route with one method, as the description of the API shows it.</summary>
internal sealed record Operation(string Method, string Path, string Id, string Tag, string Summary)
{
    public string? Description { get; init; }

    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>What is sent; null for nothing.</summary>
    public Content? Body { get; init; }

    /// <summary>Whether the body may be left out.</summary>
    public bool IsBodyOptional { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>What is answered; null for nothing.</summary>
    public Content? Answer { get; init; }

    /// <summary>Refusals besides those that every route knows.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];

    /// <summary>Whether it can be called without a key.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether the answer has an <c>ETag</c>.</summary>
    public bool IsTagged { get; init; }

    public bool IsWrite => Method is not "GET";
}

/// <summary>A body: its schema by name, and examples as JSON.</summary>
internal sealed record Content(string Schema, params string[] Examples)
{
    public string Type { get; init; } = "application/json";
}

/// <summary>A parameter; its schema as JSON.</summary>
internal sealed record Parameter(string Name, string Schema, string Description, string In = "query", bool IsRequired = false, string? Example = null);
