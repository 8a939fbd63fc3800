using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class PinnedModels : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "to_production",
                table: "versions",
                type: "boolean",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_pinned",
                table: "models",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_models_is_pinned",
                table: "models",
                column: "is_pinned",
                unique: true,
                filter: "is_pinned");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_models_is_pinned",
                table: "models");

            migrationBuilder.DropColumn(
                name: "to_production",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "is_pinned",
                table: "models");
        }
    }
}
