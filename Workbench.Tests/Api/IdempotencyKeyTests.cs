using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Workbench.Api;

namespace Workbench.Tests.Api;

public class IdempotencyKeyTests
{
    [Fact]
    public async Task An_operation_that_takes_the_header_keeps_its_own_description()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapPost("/before", () => 1).WithDescription("Its own.").Repeatable();
        app.MapPost("/after", () => 1).Repeatable().WithDescription("Its own.");
        app.MapPost("/without", () => 1).Repeatable();

        var descriptions = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointDescriptionMetadata>()!.Description).ToList();

        Assert.Equal(3, descriptions.Count);
        Assert.All(descriptions, description => Assert.Contains(IdempotencyKey.Header, description));
        Assert.All(descriptions[..2], description => Assert.StartsWith("Its own.", description));
        Assert.EndsWith(descriptions[2], descriptions[0]);
    }
}
