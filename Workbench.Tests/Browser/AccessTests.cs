using Microsoft.Playwright;
using Workbench.Security;
using Workbench.Tests.Security;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

/// <summary>A workbench on which everyone signs in, this machine as well.</summary>
public sealed class SignedInWorkbench : LockedWorkbench
{
    public SignedInWorkbench() => Settings.Add(("Workbench:Authentication", "always"));
}

public class AccessTests(SignedInWorkbench workbench) : BrowserTest, IClassFixture<SignedInWorkbench>
{
    // The page of a person whose token is revoked loses its connection.
    protected override bool BreaksConnections => true;

    [SkippableFact]
    public async Task A_reader_is_given_a_token_sees_what_may_be_seen_and_is_signed_out_when_it_is_revoked()
    {
        var admin = await NewPageAsync(workbench.Home);
        await admin.OpenAsync(SignInEndpoints.Link(workbench.Home, workbench.FirstToken));
        await Expect(admin).ToHaveURLAsync(workbench.Home.ToString());
        await admin.OpenAsync("/settings");
        await Expect(admin.GetByLabel("Access").GetByText("first-token")).ToBeVisibleAsync();
        await admin.GetByRole(AriaRole.Link, new() { Name = "Access tokens" }).ClickAsync();
        await admin.GetByLabel("Name", new() { Exact = true }).FillAsync("ana");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Issue", Exact = true }).ClickAsync();
        var secret = await admin.Locator(".secret code").InnerTextAsync();

        var reader = await NewPageAsync(workbench.Home);
        await reader.GotoAsync("/studies");
        await reader.GetByLabel("Access token").FillAsync("nonsense");
        await reader.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(reader.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await reader.AssertAccessibleAsync();
        await reader.GetByLabel("Access token").FillAsync(secret);
        await reader.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await reader.Locator(".shell[data-live]").WaitForAsync();
        await Expect(reader).ToHaveURLAsync(new Uri(workbench.Home, "studies").ToString());
        await Expect(reader.GetByText("Launch a sample")).ToBeHiddenAsync();
        await Expect(reader.GetByLabel("Status").GetByText("ana")).ToBeVisibleAsync();
        await reader.OpenAsync("/studies?launch");
        await Expect(reader.GetByText("To launch a study takes the scope write")).ToBeVisibleAsync();
        await Expect(reader.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await reader.OpenAsync("/settings/tokens");
        await Expect(reader.GetByRole(AriaRole.Heading, new() { Name = "This page is for administrators" })).ToBeVisibleAsync();

        await admin.GetByRole(AriaRole.Button, new() { Name = "Revoke ana" }).ClickAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();

        await Expect(admin.GetByRole(AriaRole.Button, new() { Name = "Revoke ana" })).ToBeHiddenAsync();
        await Expect(reader.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await admin.GetByRole(AriaRole.Menuitem, new() { Name = "File" }).ClickAsync();
        await admin.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }
}
