namespace Workbench.Tests.Mirroring;

/// <summary>What may stand between a workbench and its tracking server.</summary>
internal sealed class Way : DelegatingHandler
{
    private volatile bool _isClosed;

    public Way()
        : base(new SocketsHttpHandler())
    {
    }

    /// <summary>Whether nothing gets through.</summary>
    public bool IsClosed { get => _isClosed; set => _isClosed = value; }

    /// <summary>Whether the answer to a request, which is carried out, gets lost; asked for each, by its path.</summary>
    public Func<string, bool> Loses { get; set; } = _ => false;

    /// <summary>Done once an answer was lost.</summary>
    public TaskCompletionSource HasLost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsClosed)
        {
            throw new HttpRequestException("The way is closed.");
        }
        var response = await base.SendAsync(request, cancellationToken);
        if (!Loses(request.RequestUri!.AbsolutePath))
        {
            return response;
        }
        response.Dispose();
        HasLost.TrySetResult();
        throw new HttpRequestException("The answer got lost.");
    }
}
