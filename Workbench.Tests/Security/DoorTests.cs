using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Workbench.Core.Access;
using Workbench.Security;

namespace Workbench.Tests.Security;

/// <summary>What is answered to whom.</summary>
public class DoorTests(LockedWorkbench workbench) : IClassFixture<LockedWorkbench>
{
    // What a stranger may have: whether the workbench is up, and the way in.
    private static readonly string[] Open = ["/health", "/login", "/logout"];

    [Fact]
    public async Task Every_endpoint_requires_exactly_one_scope_or_is_one_of_those_that_stand_open()
    {
        var policies = workbench.Get<IAuthorizationPolicyProvider>();
        var endpoints = workbench.Endpoints.OfType<RouteEndpoint>().ToList();

        Assert.True(endpoints.Count > 60, $"{endpoints.Count} endpoints");
        var open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);
        Assert.Equal(Open, open.Select(endpoint => endpoint.RoutePattern.RawText!).Distinct().Order());
        foreach (var endpoint in endpoints.Except(open))
        {
            var policy = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>() is [var data, ..] all
                ? all.Count == 1 && data.Policy is { } name ? await policies.GetPolicyAsync(name) : null
                : await policies.GetFallbackPolicyAsync();
            Assert.True(policy?.Requirements is [ScopeRequirement], endpoint.DisplayName);
        }
    }

    [Theory]
    [InlineData("GET", "/api/studies", Scope.Read)]
    [InlineData("POST", "/api/studies", Scope.Write)]
    [InlineData("PUT", "/api/studies/{name}/note", Scope.Write)]
    [InlineData("DELETE", "/api/models/{name}/aliases/{alias}", Scope.Write)]
    [InlineData("GET", "/api/models/{name}/versions/{version:int}/download", Scope.Read)]
    [InlineData("GET", "/openapi/{documentName}.json", Scope.Read)]
    [InlineData("POST", "/predict", Scope.Predict)]
    [InlineData("GET", "/health/ready", Scope.Read)]
    [InlineData("GET", "/metrics", Scope.Read)]
    [InlineData("GET", "/api/audit", Scope.Admin)]
    [InlineData("GET", "/api/audit.csv", Scope.Admin)]
    [InlineData("GET", "/api/audit.jsonl", Scope.Admin)]
    public void Reading_and_changing_need_different_scopes(string method, string route, Scope scope)
    {
        var endpoint = workbench.Endpoints.OfType<RouteEndpoint>().Single(endpoint =>
            endpoint.RoutePattern.RawText!.TrimEnd('/') == route && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is [var only] && only == method);

        Assert.Equal(scope.ToString(), endpoint.Metadata.GetMetadata<IAuthorizeData>()!.Policy);
    }

    [Fact]
    public async Task A_stranger_gets_no_answer_from_any_endpoint()
    {
        using var stranger = workbench.Caller(workbench.Abroad);
        var addresses = workbench.Endpoints.OfType<RouteEndpoint>().Select(Example).Where(example => !Open.Contains(example.Path)).Distinct().ToList();

        Assert.True(addresses.Count > 60, $"{addresses.Count} addresses");
        foreach (var (method, path) in addresses.Append((HttpMethod.Get, "/nothing-here")).Append((HttpMethod.Get, "/app.css")))
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await stranger.SendAsync(request);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {(int)response.StatusCode}");
        }
    }

    [Theory]
    [InlineData("/predict", "POST")]
    [InlineData("/api/studies", "GET")]
    [InlineData("/_blazor/negotiate", "POST")]
    [InlineData("/hangfire", "GET")]
    [InlineData("/openapi/v1.json", "GET")]
    [InlineData("/_framework/blazor.web.js", "GET")]
    [InlineData("/tokens.css", "GET")]
    [InlineData("/health/ready", "GET")]
    public async Task A_program_without_a_token_is_told_how_to_send_one(string path, string method)
    {
        using var stranger = workbench.Caller(workbench.Abroad);
        using var response = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Authorization: Bearer", (await response.Content.ReadFromJsonAsync<JsonNode>())!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_stranger_learns_whether_it_is_up_and_nothing_more()
    {
        using var stranger = workbench.Caller(workbench.Abroad);

        Assert.Equal("""{"status":"up"}""", await stranger.GetStringAsync("/health"));
    }

    [Fact]
    public async Task This_machine_needs_no_sign_in()
    {
        using var local = workbench.Caller(workbench.Home);

        Assert.Equal(HttpStatusCode.OK, (await local.GetAsync("/api/studies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await local.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await local.GetAsync("/hangfire")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await local.DeleteAsync("/api/studies/none")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await local.GetAsync("/nothing-here")).StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "ml.example.com")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("Via", "1.1 proxy")]
    public async Task What_comes_through_a_proxy_on_this_machine_is_a_stranger(string header, string value)
    {
        using var proxy = workbench.Caller(workbench.Home);
        proxy.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        Assert.Equal(HttpStatusCode.Unauthorized, (await proxy.GetAsync("/api/studies")).StatusCode);
    }

    [Fact]
    public async Task So_is_what_a_proxy_passes_on_as_HTTP_1_0()
    {
        using var proxy = workbench.Caller(workbench.Home);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/studies") { Version = HttpVersion.Version10 };

        Assert.Equal(HttpStatusCode.Unauthorized, (await proxy.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_first_token_opens_as_bearer_and_as_password()
    {
        var token = workbench.FirstToken.Secret;
        using var bearer = workbench.Caller(workbench.Abroad, token);
        using var basic = workbench.Caller(workbench.Abroad);
        basic.DefaultRequestHeaders.Add("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{token}"))}");

        Assert.Equal(HttpStatusCode.OK, (await bearer.GetAsync("/api/studies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await basic.GetAsync("/api/studies")).StatusCode);
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer")]
    [InlineData("Basic ?")]
    [InlineData("Digest username=\"x\"")]
    [InlineData("nonsense")]
    public async Task A_wrong_token_is_refused_also_on_this_machine(string header)
    {
        using var caller = workbench.Caller(workbench.Home);
        caller.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        using var response = await caller.GetAsync("/api/studies");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("realm=\"Workbench\", error=\"invalid_token\"", response.Headers.WwwAuthenticate.Single().Parameter);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:1", HttpStatusCode.OK)]
    [InlineData("[::1]:8000", HttpStatusCode.OK)]
    [InlineData("192.0.2.1", HttpStatusCode.Unauthorized)]
    public async Task It_answers_for_names_of_its_own(string host, HttpStatusCode status)
    {
        using var caller = workbench.Caller(workbench.Home);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/studies") { Headers = { Host = host } };

        Assert.Equal(status, (await caller.SendAsync(request)).StatusCode);
    }

    private static (HttpMethod Method, string Path) Example(RouteEndpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods;
        var method = methods?.Contains("GET") != false ? HttpMethod.Get : new HttpMethod(methods[0]);
        var segments = endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            _ => "1",
        })));
        return (method, $"/{string.Join('/', segments)}");
    }
}
