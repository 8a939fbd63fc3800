using System.Net;
using Microsoft.AspNetCore.Http;

namespace Workbench.Tests.Security;

public class SignInTests(LockedWorkbench workbench) : IClassFixture<LockedWorkbench>
{
    private HttpClient Person()
    {
        var person = workbench.Caller(workbench.Abroad);
        person.DefaultRequestHeaders.Add("Accept", "text/html");
        return person;
    }

    private static Task<HttpResponseMessage> EnterAsync(HttpClient person, string token, string returnUrl = "") => person.PostAsync(
        "/login", new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["returnUrl"] = returnUrl }));

    [Fact]
    public async Task A_person_is_led_to_the_sign_in_and_back_to_where_they_wanted()
    {
        using var person = Person();
        using var led = await person.GetAsync("/studies/first?tab=trials");
        Assert.Equal(HttpStatusCode.Redirect, led.StatusCode);
        Assert.Equal("/login?returnUrl=%2Fstudies%2Ffirst%3Ftab%3Dtrials", led.Headers.Location!.OriginalString);

        var page = await person.GetStringAsync(led.Headers.Location);
        Assert.Contains("value=\"/studies/first?tab=trials\"", page);
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", page);

        using var entered = await EnterAsync(person, workbench.FirstToken.Secret, "/studies/first?tab=trials");
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal("/studies/first?tab=trials", entered.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/studies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/tokens.css")).StatusCode);
    }

    [Fact]
    public async Task The_printed_link_signs_in_and_leaves_no_token_behind()
    {
        using var person = Person();
        var link = new Uri(Workbench.Security.SignInEndpoints.Link(workbench.Abroad, workbench.FirstToken));
        using var entered = await person.GetAsync(link);

        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal("/", entered.Headers.Location!.OriginalString);
        Assert.Equal("no-referrer", Assert.Single(entered.Headers.GetValues("Referrer-Policy")));
        Assert.True(entered.Headers.CacheControl!.NoStore);
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
        Assert.DoesNotContain("secure", cookie);
        Assert.DoesNotContain(workbench.FirstToken.Secret, cookie);
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/studies")).StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_it()
    {
        using var person = Person();
        using var entered = await EnterAsync(person, workbench.FirstToken.Secret);

        using var left = await person.PostAsync("/logout", null);

        Assert.Equal("/login", left.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await person.GetAsync("/studies")).StatusCode);
    }

    [Fact]
    public async Task A_wrong_token_is_told_of_on_the_page()
    {
        using var person = Person();
        using var refused = await EnterAsync(person, "<script>wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("role=\"alert\"", page);
        Assert.DoesNotContain("<script>wrong", page);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/stud\u00edes")]
    public async Task The_sign_in_leads_to_no_other_site(string returnUrl)
    {
        using var person = Person();
        using var entered = await EnterAsync(person, workbench.FirstToken.Secret, returnUrl);

        Assert.Equal("/", entered.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_cookie_that_was_made_up_opens_nothing()
    {
        using var entered = await EnterAsync(Person(), workbench.FirstToken.Secret);
        var name = entered.Headers.GetValues("Set-Cookie").Single().Split('=')[0];
        using var forger = workbench.Caller(workbench.Abroad);
        forger.DefaultRequestHeaders.Add("Cookie", $"{name}=CfDJ8AAAA");

        Assert.Equal(HttpStatusCode.Unauthorized, (await forger.GetAsync("/api/studies")).StatusCode);
    }
}
