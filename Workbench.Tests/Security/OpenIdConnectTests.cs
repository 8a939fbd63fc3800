using System.Net;
using System.Net.Http.Json;
using Workbench.Core.Audit;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Security;

/// <summary>A workbench at which people sign in by a provider.</summary>
public sealed class FederatedWorkbench : LockedWorkbench
{
    internal OidcProvider Provider { get; private set; } = default!;

    public override async Task InitializeAsync()
    {
        Provider = await OidcProvider.StartAsync();
        Settings.AddRange(
        [
            ("Authentication:OpenIdConnect:Authority", Provider.Address.ToString()),
            ("Authentication:OpenIdConnect:ClientId", OidcProvider.ClientId),
            ("Authentication:OpenIdConnect:ClientSecret", OidcProvider.ClientSecret),
            ("Authentication:OpenIdConnect:WriteRoles", "scientists;engineers"),
        ]);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

/// <summary>A workbench whose provider is away.</summary>
public sealed class DesertedWorkbench : LockedWorkbench
{
    public DesertedWorkbench() => Settings.AddRange(
        [("Authentication:OpenIdConnect:Authority", "http://127.0.0.1:1"), ("Authentication:OpenIdConnect:ClientId", OidcProvider.ClientId)]);
}

public class ProviderOutageTests(DesertedWorkbench workbench) : IClassFixture<DesertedWorkbench>
{
    [Fact]
    public async Task A_provider_that_is_away_is_told_on_the_page_where_a_token_still_signs_in()
    {
        using var person = workbench.Caller(workbench.Abroad);
        using var answer = await person.GetAsync("/login/oidc?returnUrl=%2Fstudies");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("role=\"alert\"", page);
        Assert.Contains("value=\"/studies\"", page);
        using var entered = await person.PostAsync("/login", new FormUrlEncodedContent([new("token", workbench.FirstToken.Secret)]));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }
}

public class OpenIdConnectTests(FederatedWorkbench workbench) : IClassFixture<FederatedWorkbench>
{
    [Fact]
    public async Task A_person_signs_in_at_the_provider_and_is_known_by_name_and_role()
    {
        (workbench.Provider.Person, workbench.Provider.Roles) = ("ana", ["staff", "engineers"]);
        var person = workbench.Caller(workbench.Abroad);
        Assert.Contains("Sign in with 127.0.0.1", await person.GetStringAsync("/login"));

        using var entered = await SignInAsync(person, "/studies?sort=name");

        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal("/studies?sort=name", entered.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/studies?sort=name")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/api/tokens")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await person.PostAsJsonAsync("/api/studies", new { name = "hers", trials = 1, jobs = 1 })).StatusCode);
        var told = Assert.Single(await workbench.Get<AuditQueries>().ListAsync(new AuditFilter { Subject = "hers" }, null, 10));
        Assert.Equal(("ana", Way.Api), (told.Actor, told.Way));

        await person.PostAsync("/logout", null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.GetAsync("/api/studies")).StatusCode);
    }

    [Theory]
    [InlineData("workbench-admin", HttpStatusCode.OK)]
    [InlineData("scientists", HttpStatusCode.Forbidden)]
    [InlineData("workbench-read", HttpStatusCode.Forbidden)]
    public async Task Roles_have_their_scopes(string role, HttpStatusCode tokens)
    {
        workbench.Provider.Roles = [role];
        var person = workbench.Caller(workbench.Abroad);
        using var entered = await SignInAsync(person, "/");

        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/api/studies")).StatusCode);
        Assert.Equal(tokens, (await person.GetAsync("/api/tokens")).StatusCode);
    }

    [Fact]
    public async Task A_person_without_a_role_is_told_so_and_stays_outside()
    {
        (workbench.Provider.Person, workbench.Provider.Roles) = ("<b>eve", ["staff"]);
        var person = workbench.Caller(workbench.Abroad);
        using var refused = await SignInAsync(person, "/");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("&lt;b&gt;eve has no role that may use the workbench.", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.GetAsync("/api/studies")).StatusCode);
    }

    [Theory]
    [InlineData("system")]
    [InlineData("Local")]
    public async Task A_person_with_the_name_of_an_actor_of_the_workbench_s_own_stays_outside(string name)
    {
        (workbench.Provider.Person, workbench.Provider.Roles) = (name, ["workbench-admin"]);
        var person = workbench.Caller(workbench.Abroad);
        using var refused = await SignInAsync(person, "/");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.GetAsync("/api/studies")).StatusCode);
    }

    [Fact]
    public async Task An_answer_that_the_provider_did_not_give_signs_no_one_in()
    {
        var person = workbench.Caller(workbench.Abroad);
        using var refused = await person.GetAsync("/signin-oidc?code=made-up&state=made-up");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.GetAsync("/api/studies")).StatusCode);
    }

    [Theory]
    [InlineData("http://provider.example.com", "workbench")]
    [InlineData("provider", "workbench")]
    [InlineData("https://provider.example.com", null)]
    [InlineData(null, "workbench")]
    public void Settings_that_make_no_sense_are_told(string? authority, string? client) => Assert.Single(Configuration.Settings.FaultsOf<Workbench.Security.OpenIdConnectSettings>(
        ("Authentication:OpenIdConnect:Authority", authority ?? ""), ("Authentication:OpenIdConnect:ClientId", client ?? "")));

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient person, string returnUrl)
    {
        using var sent = await person.GetAsync($"/login/oidc?returnUrl={Uri.EscapeDataString(returnUrl)}");
        Assert.Contains("code_challenge_method=S256", sent.Headers.Location!.Query);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var back = await browser.GetAsync(sent.Headers.Location);
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        return await person.GetAsync(back.Headers.Location);
    }
}
