using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components;

namespace Workbench.Tests.Components;

/// <summary>The page at the address, found and told of it as the workbench does, without what is around it.</summary>
internal sealed class RoutedPage : ComponentBase
{
    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        RenderFragment<RouteData> found = route => page =>
        {
            page.OpenComponent<RouteView>(0);
            page.AddComponentParameter(1, nameof(RouteView.RouteData), PageAddress.Read(route, Navigation.Uri));
            page.CloseComponent();
        };
        builder.OpenComponent<Router>(0);
        builder.AddComponentParameter(1, nameof(Router.AppAssembly), typeof(App).Assembly);
        builder.AddComponentParameter(2, nameof(Router.Found), found);
        builder.CloseComponent();
    }
}

internal static class RoutedPages
{
    /// <summary>Goes to an address, and opens the page there.</summary>
    public static IRenderedComponent<TPage> OpenPage<TPage>(this BunitContext context, string address)
        where TPage : IComponent
    {
        context.Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return context.Render<RoutedPage>().FindComponent<TPage>();
    }
}
