using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Workbench.Core.Access;

namespace Workbench.Security;

/// <summary>Holds for callers who were granted a scope, or one that includes it.</summary>
internal sealed class ScopeRequirement(Scope scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    public Scope Scope { get; } = scope;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (Grant.Of(context.User)?.Scope >= requirement.Scope)
        {
            context.Succeed(requirement);
        }
        return Task.CompletedTask;
    }
}

/// <summary>One policy for each scope, of the scope's name. What says nothing needs <see cref="Scope.Read"/>: pages, what belongs to them, the
/// connection of their circuits, and what does not exist. What is done on a page is judged where it is done.</summary>
internal static class ScopePolicies
{
    public static void AddScopePolicies(this IServiceCollection services)
    {
        var authorization = services.AddAuthorizationBuilder();
        foreach (var scope in Enum.GetValues<Scope>())
        {
            authorization.AddPolicy(scope.ToString(), policy => policy.AddRequirements(new ScopeRequirement(scope)));
        }
        var read = new AuthorizationPolicyBuilder().AddRequirements(new ScopeRequirement(Scope.Read)).Build();
        authorization.SetDefaultPolicy(read).SetFallbackPolicy(read);
    }

    /// <summary>Requires a scope.</summary>
    public static TBuilder Require<TBuilder>(this TBuilder endpoints, Scope scope)
        where TBuilder : IEndpointConventionBuilder => endpoints.RequireAuthorization(scope.ToString());

    /// <summary>Requires, of endpoints that say nothing themselves, <see cref="Scope.Read"/> to read and <see cref="Scope.Write"/> for any
    /// other method.</summary>
    public static TBuilder RequireByMethod<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Finally(endpoint =>
        {
            if (!endpoint.Metadata.Any(data => data is IAuthorizeData or IAllowAnonymous))
            {
                var methods = endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods;
                var reads = methods?.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) == true;
                endpoint.Metadata.Add(new AuthorizeAttribute((reads ? Scope.Read : Scope.Write).ToString()));
            }
        });
        return endpoints;
    }
}
