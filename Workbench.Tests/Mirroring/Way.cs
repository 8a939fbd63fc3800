using System.Net;

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

    /// <summary>Whether the server has a fault that a request meets; asked for each, by what it says.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    /// <summary>What is answered in the server's place; asked for each request, null for nothing.</summary>
    public Func<HttpResponseMessage?> Answers { get; set; } = () => null;

    /// <summary>Done once an answer was lost.</summary>
    public TaskCompletionSource HasLost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsClosed)
        {
            throw new HttpRequestException("The way is closed.");
        }
        if (Answers() is { } answer)
        {
            return answer;
        }
        if (request.Content is { } content && Fails(await content.ReadAsStringAsync(cancellationToken)))
        {
            return new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StringContent("""{"error_code": "INTERNAL_ERROR"}""") };
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
