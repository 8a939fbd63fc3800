using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class SourcesOfModels : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "source_run",
                table: "logged_models",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "storage",
                table: "versions",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "source_run",
                table: "logged_models");

            migrationBuilder.DropColumn(
                name: "storage",
                table: "versions");
        }
    }
}
