using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Workbench.Core.Access;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Security;

public class MlflowAccessTests(LockedWorkbench workbench) : IClassFixture<LockedWorkbench>
{
    private const string Search = "/api/2.0/mlflow/experiments/search";
    private const string Create = "/api/2.0/mlflow/experiments/create";

    [Theory]
    [InlineData(Search)]
    [InlineData("/ajax-api/2.0/mlflow/runs/search")]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts/0/x")]
    [InlineData("/api/2.0/mlflow/none")]
    public async Task A_stranger_is_refused_in_the_form_of_MLflow(string path)
    {
        using var stranger = workbench.Caller(workbench.Abroad);

        using var answer = await stranger.PutAsync(path, null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("UNAUTHENTICATED", (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["error_code"]);
    }

    [Fact]
    public async Task A_token_that_may_read_searches_and_one_that_may_write_makes()
    {
        using var reader = workbench.Caller(workbench.Abroad, await IssueAsync("mlflow reader", Scope.Read));
        using var found = await reader.PostAsJsonAsync(Search, new { });
        using var refused = await reader.PostAsJsonAsync(Create, new { name = "by reader" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (found.StatusCode, refused.StatusCode));
        Assert.Equal("PERMISSION_DENIED", (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["error_code"]);

        using var writer = workbench.Caller(workbench.Abroad, await IssueAsync("mlflow writer", Scope.Write));
        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync(Create, new { name = "by writer" })).StatusCode);
    }

    [Fact]
    public async Task A_user_and_a_password_are_a_token_as_MLflow_s_clients_send_it()
    {
        using var client = workbench.Caller(workbench.Abroad);
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"ana:{await IssueAsync("mlflow basic", Scope.Write)}"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", pair);

        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync(Create, new { name = "by basic" })).StatusCode);
    }

    private async Task<string> IssueAsync(string name, Scope scope)
    {
        var (_, secret) = await workbench.Get<TokenStore>().CreateAsync(name, scope);
        return secret;
    }
}
