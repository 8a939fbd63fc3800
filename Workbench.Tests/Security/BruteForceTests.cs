using System.Net;
using System.Net.Http.Headers;
using Workbench.Security;

namespace Workbench.Tests.Security;

/// <summary>A workbench in an environment that tells ASP.NET Core to believe every proxy (<c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>).</summary>
public sealed class CredulousWorkbench : LockedWorkbench
{
    public CredulousWorkbench() => Settings.Add(("ForwardedHeaders_Enabled", "true"));
}

public class BruteForceTests(CredulousWorkbench workbench) : IClassFixture<CredulousWorkbench>
{
    [Fact]
    public async Task Guesses_are_soon_looked_at_no_more_wherever_they_claim_to_come_from_and_those_who_have_a_token_still_come_in()
    {
        using var caller = workbench.Caller(workbench.Abroad);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", $"guess-{i}");
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/studies") { Headers = { { "X-Forwarded-For", $"203.0.113.{i}" } } };
            using var response = await caller.SendAsync(request);
            answers.Add(response.StatusCode);
            Assert.Equal(response.StatusCode == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter is not null);
        }
        caller.DefaultRequestHeaders.Authorization = null;
        using var form = await caller.PostAsync("/login", new FormUrlEncodedContent([new("token", "guess")]));

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        Assert.Equal(HttpStatusCode.TooManyRequests, form.StatusCode);
        using var holder = workbench.Caller(workbench.Abroad, workbench.FirstToken.Secret);
        Assert.Equal(HttpStatusCode.OK, (await holder.GetAsync("/api/studies")).StatusCode);
    }

    [Fact]
    public void One_address_does_not_slow_down_another()
    {
        using var attempts = new FailedAttempts();
        var (attacker, other) = (IPAddress.Parse("2001:db8::1"), IPAddress.Parse("203.0.113.7"));
        while (attempts.Add(attacker) is null)
        {
        }

        Assert.NotNull(attempts.Wait(attacker));
        Assert.NotNull(attempts.Wait(IPAddress.Parse("2001:db8::2")));
        Assert.Null(attempts.Wait(other));
    }
}
