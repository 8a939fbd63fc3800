using System.CommandLine;
using Spectre.Console;
using Workbench.Core;
using Workbench.Core.Access;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary><c>token</c>: issues, lists and revokes access tokens, also while a server runs.</summary>
internal sealed class TokenCommand : Command
{
    public TokenCommand()
        : base("token", "Issue, list and revoke access tokens.")
    {
        Subcommands.Add(new AddVerb());
        Subcommands.Add(new ListVerb());
        Subcommands.Add(new RevokeVerb());
    }

    private static async Task<int> WithStoreAsync(
        HostApplicationBuilder builder, Func<TokenStore, Task> action, CancellationToken cancellationToken)
    {
        await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
        builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data);
        using var host = builder.Build();
        await action(host.Services.GetRequiredService<TokenStore>());
        return Verb.Done;
    }

    private static Argument<string> NameArgument() => new("NAME") { Description = "The token's name: who uses it." };

    private sealed class AddVerb : Verb
    {
        private static readonly Argument<string> Token = NameArgument();
        private static readonly Option<Scope> ScopeOption = new("--scope") { Description = "What it allows; each includes those before it.", Required = true };
        private static readonly Option<int?> DaysOption = NumberOption.Optional("--days", "For how many days it is good; for ever if left out.", 1, TokenStore.MostDays);

        public AddVerb()
            : base("add", "Issue a token and print its secret, which can't be had again.")
        {
            Arguments.Add(Token);
            Options.Add(ScopeOption);
            Options.Add(DaysOption);
        }

        protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken) =>
            WithStoreAsync(CreateBuilder(arguments), async store =>
            {
                var (_, secret) = await store.CreateAsync(
                    arguments.GetValue(Token), arguments.GetValue(ScopeOption), arguments.GetValue(DaysOption), cancellationToken);
                Console.WriteLine(secret);
            }, cancellationToken);
    }

    private sealed class ListVerb : Verb
    {
        public ListVerb()
            : base("list", "List the tokens, without their secrets.")
        {
        }

        protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken) =>
            WithStoreAsync(CreateBuilder(arguments), async store =>
            {
                var table = new Table().Border(TableBorder.None).AddColumns("NAME", "SCOPE", "STARTS WITH", "ISSUED", "EXPIRES", "LAST USED");
                foreach (var token in await store.ListAsync(cancellationToken))
                {
                    table.AddRow(
                        new Text(token.Name), new Text(token.Scope.ToString().ToLowerInvariant()), new Text(token.Prefix), new Text($"{token.CreatedAt:yyyy-MM-dd}"),
                        new Text($"{token.ExpiresAt:yyyy-MM-dd}"), new Text($"{token.LastUsedAt:yyyy-MM-dd HH:mm}"));
                }
                AnsiConsole.Write(table);
            }, cancellationToken);
    }

    private sealed class RevokeVerb : Verb
    {
        private static readonly Argument<string> Token = NameArgument();

        public RevokeVerb()
            : base("revoke", "Revoke a token, and every sign-in with it, at once.") => Arguments.Add(Token);

        protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken) =>
            WithStoreAsync(CreateBuilder(arguments), async store =>
            {
                await store.RevokeAsync(arguments.GetValue(Token)!, cancellationToken);
                Console.WriteLine($"The token {arguments.GetValue(Token)} is revoked.");
            }, cancellationToken);
    }
}
