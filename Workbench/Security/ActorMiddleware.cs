using System.Security.Claims;
using Workbench.Core.Access;
using Workbench.Core.Audit;

namespace Workbench.Security;

/// <summary>Makes who sent a request the actor of what it does.</summary>
internal static class ActorMiddleware
{
    /// <summary>Adds it; it must come after authentication.</summary>
    public static void UseActor(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        Actor.Current = context.User.ToActor(Way.Api);
        return next(context);
    });

    /// <summary>The actor that a user is. A stranger, who gets no farther than to the sign-in, may do nothing.</summary>
    public static Actor ToActor(this ClaimsPrincipal user, Way way) =>
        Grant.Of(user) is { } grant ? new Actor(grant.Name, way, grant.Scope) : new Actor("stranger", way, Scope.Predict);
}
