using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Workbench.Core.Audit;

namespace Workbench.Security;

/// <summary>Makes who uses a page the actor of everything that is done there.</summary>
internal sealed class CircuitActor(AuthenticationStateProvider authentication) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) =>
        async activity =>
        {
            Actor.Current = (await authentication.GetAuthenticationStateAsync()).User.ToActor(Way.Page);
            await next(activity);
        };
}
